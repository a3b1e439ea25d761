import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tiergraph-rulebook-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Runs the command; what it ends with and what it says. */
function rulebook(...given: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = [join(import.meta.dirname, '../../../src/rulebook.ts'), ...given];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const program = file('program.json', {
  code: 'connect',
  name: 'Connect',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  measurementKinds: [{ code: 'visits', name: { en: 'visits' }, unit: 'visits' }],
});
const metric = { fact: 'visits', aggregate: 'SUM', window: { allTime: true } };
const tiers = [
  { code: 'BASE', name: { en: 'Base' } },
  { code: 'GOLD', name: { en: 'Gold' }, requirement: { measure: { metric }, atLeast: '5' } },
];
const scenario = (value: string, tier: string) => ({
  name: { en: `${value} visits` },
  on: '2026-06-01',
  facts: [{ fact: 'visits', on: '2026-05-01', value }],
  expect: { tier },
});

test('a document whose scenarios are green ends with 0, and a red one with 1 and the reason', async () => {
  const green = file('green.json', {
    format: 2,
    tiers,
    scenarios: [scenario('5', 'GOLD'), scenario('3', 'BASE')],
  });
  expect(await rulebook('check', green, '--program', program)).toEqual({
    code: 0,
    err: '',
    out: [
      green,
      '  2 scenarios, 0 red',
      '  2 of 2 parts decided both ways',
      '    /tiers/1/requirement was met exactly, and missed by 2 at least',
      '  It could be published.',
      '',
    ].join('\n'),
  });
  const red = file('red.json', { format: 2, tiers, scenarios: [scenario('4', 'GOLD')] });
  expect(await rulebook('check', red, '--program', program)).toEqual({
    code: 1,
    err: '',
    out: [
      red,
      '  1 scenario, 1 red',
      '  red: 4 visits (/scenarios/0)',
      '    The tier should be GOLD, and is BASE.',
      '    Gold needs visits of at least 5 visits up to 2026-06-01; counted 4 visits, 1 visits is missing.',
      '  0 of 2 parts decided both ways',
      '    /tiers/1 was never met',
      '    /tiers/1/requirement was never met',
      '    /tiers/1/requirement was not met exactly, and missed by 1 at least',
      '  It could not be published.',
      '',
    ].join('\n'),
  });
  const { code, out } = await rulebook('check', red, '--program', program, '--json');
  expect([code, JSON.parse(out)]).toMatchObject([
    1,
    { isGreen: false, scenarios: [{ path: '/scenarios/0' }] },
  ]);
});

test('remap and transition are checked against the document before', async () => {
  const before = file('before.json', { format: 2, tiers: [...tiers, { ...tiers[1], code: 'TOP' }] });
  const after = file('after.json', { format: 2, tiers, transition: { mode: 'FLOOR', until: '2027-01-01' } });
  const { code, out } = await rulebook(
    'check',
    after,
    '--program',
    program,
    '--before',
    before,
    '--from',
    '2027-02-01',
  );
  expect([code, out.split('\n').slice(1, 3)]).toEqual([
    1,
    [
      '  /remap: The tier TOP of the rulebook before has no tier to go to.',
      '  /transition/until: The transition ends on 2027-01-01, before it could begin.',
    ],
  ]);
});

test.each([
  ['without a programme', ['check', 'x.json'], 'npm run rulebook -- check FILE'],
  ['another verb', ['publish', 'x.json', '--program', program], 'npm run rulebook -- check FILE'],
  ['an unknown option', ['check', 'x.json', '--quick'], "Unknown option '--quick'"],
  ['a file that is not there', ['check', 'nowhere.json', '--program', program], 'nowhere.json: ENOENT'],
  ['a day that is none', ['check', 'x.json', '--program', program, '--from', 'May'], '--from is May'],
  ['a language that is none', ['check', 'x.json', '--program', program, '--locale', 'd'], '--locale is d'],
])('%s ends with 2 and says so', async (_, given, message) => {
  const { code, err } = await rulebook(...given);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test.each<[what: string, content: unknown, message: string]>([
  ['no JSON', '{', 'JSON'],
  ['a list', [], 'The programme is no JSON object'],
  ['a currency that is none', { code: 'a', name: 'A', timeZone: 'UTC', currency: 'euro' }, 'currency: '],
  ['no code', { name: 'A' }, 'code has to be a text.'],
  [
    'a kind without a name',
    { code: 'a', name: 'A', timeZone: 'UTC', currency: 'EUR', measurementKinds: [{ code: 'k' }] },
    'measurementKinds[0].name has to be an object',
  ],
])('a programme that is %s ends with 2 and the place', async (_, content, message) => {
  const { code, err } = await rulebook('check', 'x.json', '--program', file('wrong.json', content));
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
