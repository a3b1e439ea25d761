import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app/context/app.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { findCycle } from '../../src/engine/partner/family.ts';
import { resolveEntries } from '../../src/engine/partner/resolve-entries.ts';
import { readEntries } from '../../src/store/writing/write-partner.ts';
import { createBareProgram } from '../app/support/moving-app.ts';
import { findFaults } from '../support/check-standings.ts';
import { createDraw } from '../support/draw.ts';
import { day, enroll, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';
import { waitFor } from '../support/wait-for.ts';

const PARTNERS = 10;

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

async function openGroup(app: App, program: string, refs: readonly string[]): Promise<readonly string[]> {
  await createBareProgram(app, program);
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } };
  await publish(app, program, { ...SMALL_RULEBOOK, measures }, '2020-01-01');
  return enroll(app, refs, program);
}

/**
 * Lets work begin while the rows of these partners are locked by somebody else, and goes on once all of it
 * waits for them.
 */
async function whileLocked<T>(ids: readonly string[], begin: readonly (() => Promise<T>)[]): Promise<T[]> {
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM partner WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
    const begun: Promise<T>[] = [];
    for (const start of begin) {
      begun.push(start());
      await waitFor(
        async () => {
          const { rows } = await holder.query<{ waiting: number }>(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          );
          return rows[0]?.waiting === begun.length;
        },
        { what: `${begun.length} to wait` },
      );
    }
    await holder.query('COMMIT');
    return await Promise.all(begun);
  } finally {
    await holder.end();
  }
}

test('rule 15: of two moves that together would make a circle, seen by neither when it began, one is refused', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const refs = ['A', 'B', 'C', 'D'];
  const ids = await openGroup(first.app, 'circle', refs);
  const move = (app: App, partner: string, parent: string) =>
    updatePartner(app, { program: 'circle', partner, firstOn: null, parent });
  granted(await move(first.app, 'B', 'D'));
  granted(await move(first.app, 'C', 'A'));
  const [a = '', , , d = ''] = ids;
  const outcomes = await whileLocked(
    [a, d],
    [() => move(first.app, 'A', 'B'), () => move(second.app, 'D', 'C')],
  );
  expect(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : 'MOVED'))).toEqual([
    'MOVED',
    'HIERARCHY_CYCLE',
  ]);
  expect(await findFaults(first.app, 'circle')).toEqual([]);
});

test('rule 37: of two moves that together would make a family too deep, seen by neither when it began, one is refused', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const line = (name: string) => Array.from({ length: 10 }, (_, index) => `${name}${index}`);
  const refs = [...line('UP'), ...line('DOWN'), 'LEAF'];
  const ids = await openGroup(first.app, 'deep', refs);
  const move = (app: App, partner: string, parent: string) =>
    updatePartner(app, { program: 'deep', partner, firstOn: null, parent });
  for (const name of ['UP', 'DOWN']) {
    const [, ...others] = line(name);
    for (const [index, ref] of others.entries()) granted(await move(first.app, ref, `${name}${index}`));
  }
  const outcomes = await whileLocked(
    [ids[refs.indexOf('DOWN0')] ?? ''],
    [() => move(first.app, 'DOWN0', 'UP9'), () => move(second.app, 'LEAF', 'DOWN9')],
  );
  expect(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : 'MOVED'))).toEqual([
    'MOVED',
    'HIERARCHY_TOO_DEEP',
  ]);
  expect(await findFaults(first.app, 'deep')).toEqual([]);
});

test('rule 15: a fact recorded while an ancestor is moved counts for whoever is above it once both are done', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const [top = '', middle = ''] = await openGroup(first.app, 'moved', ['TOP', 'MIDDLE', 'SHOP']);
  const move = (app: App, partner: string, parent: string) =>
    updatePartner(app, { program: 'moved', partner, firstOn: null, parent });
  granted(await move(first.app, 'SHOP', 'MIDDLE'));
  const today = new Date().toISOString().slice(0, 10);
  const facts = [revenue('r', 'SHOP', '100', today)];
  await whileLocked<object>(
    [middle],
    [
      () => move(first.app, 'MIDDLE', 'TOP'),
      () => recordFacts(second.app, { program: 'moved', source: 's', facts, onError: 'REJECT_ALL' }),
    ],
  );
  const row = await first.app.database.prisma.partner.findUniqueOrThrow({ where: { id: top } });
  expect(row.tier).toBe('SILVER');
  expect(await findFaults(first.app, 'moved')).toEqual([]);
});

test('rule 15: partners are moved and facts recorded by two processes at once: nobody is ever above itself, everybody counts the family it has', async () => {
  const [first, second] = processes;
  if (first === undefined || second === undefined) throw new Error('two processes were opened');
  const refs = Array.from({ length: PARTNERS }, (_, index) => `H${index}`);
  const ids = await openGroup(first.app, 'group', refs);
  const today = new Date().toISOString().slice(0, 10);

  const outcomes: string[] = [];
  const move = async (app: App, seed: number) => {
    const draw = createDraw(seed);
    for (let count = 0; count < 25; count++) {
      const parent = draw(6) === 0 ? null : (refs[draw(PARTNERS)] ?? '');
      const firstOn = day(today) - draw(3) * 10;
      const partner = refs[draw(PARTNERS)] ?? '';
      const outcome = await updatePartner(app, { program: 'group', partner, firstOn, parent });
      outcomes.push('refused' in outcome ? outcome.refused : 'MOVED');
    }
  };
  const record = async (app: App, seed: number) => {
    const draw = createDraw(seed);
    for (let count = 0; count < 25; count++) {
      const facts = Array.from({ length: 3 }, (_, index) =>
        revenue(`${seed}-${count}-${index}`, refs[draw(PARTNERS)] ?? '', String(draw(90) - 20), today),
      );
      granted(await recordFacts(app, { program: 'group', source: 's', facts, onError: 'REJECT_ALL' }));
    }
  };
  await Promise.all(
    processes.flatMap(({ app }, index) => [
      move(app, 10 + index),
      move(app, 20 + index),
      record(app, 30 + index),
      record(app, 40 + index),
    ]),
  );
  expect(new Set(outcomes)).toEqual(new Set(['MOVED', 'HIERARCHY_CYCLE']));

  const entered = Map.groupBy(
    await readEntries(first.app.database.prisma, ids),
    ({ partnerId }) => partnerId,
  );
  const hierarchy = new Map([...entered].map(([id, rows]) => [id, resolveEntries(rows)]));
  for (const id of ids) expect([id, findCycle(id, hierarchy, day('2020-01-01'))]).toEqual([id, null]);
  expect(await findFaults(first.app, 'group')).toEqual([]);
  expect(first.log.problems.concat(second.log.problems)).toEqual([]);
});
