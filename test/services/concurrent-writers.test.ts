import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app/context/app.ts';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { findFaults } from '../support/check-standings.ts';
import { certificate, createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';

let database: TestDatabase;
let processes: Awaited<ReturnType<typeof openTestApp>>[];

beforeAll(async () => {
  database = await createDatabase();
  const location = { kind: 'server', url: database.url } as const;
  processes = [await openTestApp({ location }), await openTestApp({ location })];
});
afterAll(async () => {
  await Promise.all(processes.map((opened) => opened.close()));
  await database.drop();
});

/** A small generator with a seed, so that a failure can be repeated. */
function createDraw(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('writers of two processes over the same partners and keys: each fact once, dense log, standings as recomputed', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const refs = Array.from({ length: 12 }, (_, index) => `W${index}`);
  await createSmallProgram(first.app);
  await enroll(first.app, refs);

  const writer = async (index: number): Promise<Map<string, number>> => {
    const draw = createDraw(index * 7919 + 1);
    const app = index % 2 === 0 ? first.app : second.app;
    const recorded = new Map<string, number>();
    for (let batch = 0; batch < 12; batch++) {
      // Keys are shared between writers, and always mean the same row.
      const rows = Array.from({ length: 25 }, () => {
        const key = draw(400);
        const partner = refs[key % refs.length] ?? '';
        return key % 5 === 0
          ? certificate(`k-${key}`, partner, `person-${key % 7}`, '2026-01-15', null)
          : revenue(`k-${key}`, partner, String((key % 9) - 1), '2026-06-01');
      });
      const result = granted(
        await recordFacts(app, { program: 'small', source: 'load', facts: rows, onError: 'SKIP_ROW' }),
      );
      for (const row of result.rows) {
        if (row.type === 'REJECTED') throw new Error(row.message);
        if (row.type === 'RECORDED')
          recorded.set(row.fact.externalId, (recorded.get(row.fact.externalId) ?? 0) + 1);
      }
    }
    return recorded;
  };
  const results = await Promise.all(Array.from({ length: 8 }, (_, index) => writer(index)));

  const times = new Map<string, number>();
  for (const recorded of results)
    for (const [key, count] of recorded) times.set(key, (times.get(key) ?? 0) + count);
  expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
  const stored = await first.app.database.prisma.fact.count();
  expect(stored).toBe(times.size);
  expect(stored).toBeGreaterThan(350);
  expect(await findFaults(first.app, 'small')).toEqual([]);
  expect(first.log.problems.concat(second.log.problems)).toEqual([]);
});

test('rule 30: where case does not count, writers who spell a name differently at once agree on one spelling', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  granted(
    await createProgram(first.app, {
      code: 'spelled',
      name: 'Spelled',
      timeZone: 'UTC',
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
      satisfactionScale: { minimum: '0', maximum: '10' },
      measurementKinds: [],
      personsIgnoreCase: true,
      referencesIgnoreCase: true,
    }),
  );
  const [upper, lower] = ['A', 'a'].map((letter) =>
    Array.from({ length: 12 }, (_, index) => `${letter}${String.fromCharCode(65 + index)}`),
  );
  if (upper === undefined || lower === undefined) throw new Error('two spellings were made');
  const enrolled = await Promise.allSettled([
    ...upper.map((ref) => enroll(first.app, [ref], 'spelled')),
    ...lower.map((ref) => enroll(second.app, [ref.toLowerCase()], 'spelled')),
  ]);
  expect(enrolled.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
  expect(await first.app.database.prisma.partner.count({ where: { program: { code: 'spelled' } } })).toBe(12);
  const record = async (app: App, ref: string, person: string) =>
    granted(
      await recordFacts(app, {
        program: 'spelled',
        source: 'load',
        facts: [certificate(`${ref}-${person}`, ref, person, '2026-01-15', null)],
        onError: 'REJECT_ALL',
      }),
    );
  await Promise.all([
    ...upper.map((ref, index) => record(first.app, ref, `ANN-${index % 3}`)),
    ...lower.map((ref, index) => record(second.app, ref, `ann-${index % 3}`)),
  ]);
  const facts = await first.app.database.prisma.fact.findMany({
    select: { person: true },
    where: { partner: { program: { code: 'spelled' } } },
  });
  expect(facts).toHaveLength(24);
  expect(new Set(facts.map(({ person }) => person)).size).toBe(3);
});
