import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { parseRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { PROGRAM } from '../../engine/support/measuring.ts';
import { type SpawnedServer, spawnServer } from '../../support/spawn-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { hasBrowser, openPage, unlessNotRun } from '../support/browser.ts';

// The commands of the README's tour, as they are printed, in their order, against a server of this test's
// own. Only the port is replaced, and in what they are said to print every date is moved by the days since
// the README was written.

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

type Block = { readonly language: string; readonly text: string };

const tour = /^## A tour.*?(?=^## )/ms.exec(README)?.[0] ?? '';
const blocks: readonly Block[] = [...tour.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = '', content = '']) => ({ language, text: content.trimEnd() }),
);
const printedOn = /as it was on (\d{4}-\d{2}-\d{2})/.exec(tour)?.[1] ?? '';

/** What runs in a terminal of its own until it is stopped as by Ctrl+C. */
type Terminal = { readonly printed: () => string; stop(): Promise<void> };

let folder: string;
let server: SpawnedServer;
let today: string;
const terminals: Terminal[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-tour-'));
  server = await spawnServer({ DATA_DIR: join(folder, 'data') });
  const answer = await run(
    `curl -s 127.0.0.1:4000/graphql --get --data-urlencode 'query={ program(code: "connect") { today } }'`,
  );
  const { data } = answer as { data: { program: { today: string } } };
  today = data.program.today;
});
afterAll(async () => {
  for (const terminal of terminals) await terminal.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Begins a command as if the test's server were the one that the README speaks of. */
function start(command: string) {
  const here = command.replaceAll('127.0.0.1:4000', new URL(server.url).host);
  return spawn('bash', ['-c', here], { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The answer that a command prints, less the `extensions` that the README leaves out. */
async function run(command: string): Promise<object> {
  const { extensions, ...answer } = JSON.parse(await text(start(command).stdout)) as Record<string, unknown>;
  return answer;
}

function openTerminal(command: string): Terminal {
  const shell = start(command);
  const closed = once(shell, 'close');
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  const terminal: Terminal = {
    printed: () => printed,
    async stop() {
      const isRunning = shell.exitCode === null && shell.signalCode === null;
      // A minus stands for the whole group: npm and npx start others.
      if (isRunning && shell.pid !== undefined) process.kill(-shell.pid, 'SIGINT');
      await closed;
    },
  };
  terminals.push(terminal);
  return terminal;
}

function block(index: number, language: string): string {
  const found = blocks[index];
  expect(found?.language).toBe(language);
  return found?.text ?? '';
}

/** What a block says is printed, had it been written today. */
function promised(index: number, language: string): string {
  const shift = Date.parse(today) - Date.parse(printedOn);
  const moved = (day: string) => new Date(Date.parse(day) + shift).toISOString().slice(0, 10);
  return withoutCursors(block(index, language))
    .replace(/\d{4}-\d{2}-\d{2}/g, moved)
    .replace(/(\d{2})\.(\d{2})\.(\d{4})/g, (_, day, month, year) =>
      moved(`${year}-${month}-${day}`).split('-').reverse().join('.'),
    );
}

/** The opaque part of what is printed differs from database to database. */
function withoutCursors(printed: string): string {
  return printed.replace(/"cursor":"[\w=+/-]+"/g, '"cursor":"…"');
}
function cursors(printed: string): string[] {
  return [...printed.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor = '']) => cursor);
}
/** The server-sent events that are complete, without the comments that keep the connection alive. */
function events(printed: string): string[] {
  return printed
    .split('\n\n')
    .slice(0, -1)
    .filter((part) => part.startsWith('event: next'));
}

test('the tour of the README works as it is printed', async () => {
  expect(blocks.map(({ language }) => language).join(' ')).toBe(
    'sh json sh json sh json sh text sh text sh json text text sh',
  );
  for (const question of [0, 2, 4]) {
    const answer = await run(block(question, 'sh'));
    expect(answer).toEqual(JSON.parse(promised(question + 1, 'json')));
  }

  const second = openTerminal(block(6, 'sh'));
  const third = openTerminal(block(8, 'sh'));
  await waitFor(() => events(second.printed()).length === 1 && third.printed().includes('\n'), {
    what: 'the first event in both terminals',
  });
  expect(events(second.printed()).map(withoutCursors)).toEqual([promised(7, 'text')]);
  expect(third.printed()).toBe(`${promised(9, 'text')}\n`);

  expect(await run(block(10, 'sh'))).toEqual(JSON.parse(promised(11, 'json')));
  await waitFor(() => events(second.printed()).length === 2 && third.printed().split('\n').length === 3, {
    what: 'the change in both terminals',
  });
  expect(events(second.printed()).slice(1).map(withoutCursors)).toEqual([promised(12, 'text')]);
  expect(third.printed()).toBe(`${promised(9, 'text')}\n${promised(13, 'text')}\n`);

  expect(await run(block(10, 'sh'))).toEqual({
    data: { recordFacts: { rows: [{ __typename: 'RowDuplicate' }], statusChanges: [] } },
  });

  expect(block(14, 'sh')).toBe('npm run feed');
  const feed = openTerminal(`npm run feed -- --url http://127.0.0.1:4000/graphql`);
  await waitFor(() => events(second.printed()).length >= 5, { what: 'three changes by the feed' });
  await feed.stop();
  expect(feed.printed()).toMatch(/^(\d+) sent, \1 recorded, [1-9]\d* changes, done$/m);
  // One line of the third terminal an event of the second.
  await waitFor(() => third.printed().split('\n').length - 1 === events(second.printed()).length, {
    what: 'both terminals to show the same',
  });
  const [, lifted, ...later] = events(second.printed());
  // The duplicate told nobody anything, and the feed leaves the partner of the tour alone.
  expect(later.filter((event) => event.includes('Lillehav'))).toEqual([]);

  const [after = ''] = cursors(lifted ?? '');
  const again = openTerminal(
    block(6, 'sh').replace('(program: "connect")', `(program: "connect", after: "${after}")`),
  );
  await waitFor(() => events(again.printed()).length > later.length, { what: 'all that was missed' });
  expect(events(again.printed()).slice(1, later.length + 1)).toEqual(later);
});

test('the tier that the README shows fits into a rulebook', () => {
  const shown = /^## How rules are written.*?```json\n(.*?)```/ms.exec(README)?.[1] ?? '';
  const [, { document }] = connectRulebooks(printedOn);
  const { transition, remap, ...rest } = document;
  const lowest = { code: 'AUTHORIZED', name: { en: 'Authorized', de: 'Autorisiert' } };
  expect(parseRulebook({ ...rest, tiers: [lowest, JSON.parse(shown)] }, PROGRAM)).toMatchObject({ ok: true });
});

test('the README lists the settings that there are, with the defaults that are a word', () => {
  const table = /^## Settings.*?(?=\n\n\| path)/ms.exec(README)?.[0] ?? '';
  const rows = [...table.matchAll(/^\| (`[A-Z].*?) \| (.*?) \|/gm)].flatMap(([, names = '', value = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, /^`(.*)`$/.exec(value)?.[1]] as const),
  );
  const refused = readConfig({ TIERGRAPH_PORT: '1' });
  const known = refused.ok ? '' : (/the settings are (.*)\./.exec(refused.problem)?.[1] ?? '');
  expect(rows.map(([name]) => name).sort()).toEqual(known.split(', ').sort());

  const stated = Object.fromEntries(rows.filter(([, value]) => value !== undefined));
  expect(Object.keys(stated)).toEqual([
    'PORT',
    'HOST',
    'DATA_DIR',
    'AUTH',
    'GRAPHQL_DOCUMENTS',
    'FEDERATION',
    'DRAIN_SECONDS',
    'LOG_LEVEL',
  ]);
  expect(readConfig(stated)).toEqual(readConfig({}));
});

test.skipIf(!hasBrowser)(
  `the page answers its first query by Play, and follows changes${unlessNotRun}`,
  async () => {
    const { playUntil, showTab, complaints, close } = await openPage(server.url);
    await playUntil('Lillehav Networks AS');
    await showTab('Changes');
    await playUntil('caughtUp');
    expect(complaints).toEqual([]);
    await close();
  },
);
