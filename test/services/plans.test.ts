import { graphql } from 'graphql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createContext } from '../../schema/base/context.ts';
import { encodeGlobalId } from '../../schema/base/global-id.ts';
import { schema } from '../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { enrollPartners, type PartnerInput } from '../../src/app/writing/enroll-partners.ts';
import { endOverride, overrideTier } from '../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { BATCH_SIZE } from '../../src/store/encoding/batches.ts';
import { readLogRange } from '../../src/store/follow-log.ts';
import {
  certificate,
  createSmallProgram,
  day,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { createDatabase, type TestDatabase } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';
import { explainEverything, type Run, runsOf } from './support/plans.ts';

const PARTNERS = 3_000;
const FACTS = 50_000;
const SOURCES = 5;
/** How many times the log is put behind itself. */
const LOGS = 10;

// What a statement may take for each of the rows that it is about, and for being sent at all: inserting a
// fact takes 20 pages, writing a standing 40. What reads a table, or all facts of a source, takes thousands.
const PER_ROW = { buffers: 60, rows: 150 } as const;
const AT_ALL = { buffers: 150, rows: 1_500 } as const;

/**
 * Partners that one transaction of due work takes; with those in the families of its tenths it reads three
 * times as many at most.
 */
const CHUNK = BATCH_SIZE;

const refs = Array.from({ length: PARTNERS }, (_, index) => `P${String(index).padStart(5, '0')}`);
let now = Date.UTC(2026, 10, 23, 12);

/** Statements that took more than they should for so many rows, each once. */
function excessive(runs: readonly Run[], rows: number): readonly object[] {
  const worst = new Map<string, Run>();
  for (const run of runs) {
    if (
      run.buffers <= AT_ALL.buffers + PER_ROW.buffers * rows &&
      run.rows <= AT_ALL.rows + PER_ROW.rows * rows
    )
      continue;
    if (run.buffers > (worst.get(run.sql)?.buffers ?? -1)) worst.set(run.sql, run);
  }
  return [...worst.values()].map(({ sql, buffers, rows: seen, nodes }) => ({
    nodes,
    sql: sql.slice(0, 400),
    buffers,
    rows: seen,
  }));
}

/** The partners that the longest claim of due work saw. */
function claims(runs: readonly Run[]): number {
  return Math.max(
    ...runs
      .filter(({ sql }) => sql.endsWith('SKIP LOCKED'))
      .map(({ nodes }) => nodes.find((node) => node.includes(' on partner: ')) ?? '')
      .map((node) => Number(node.split(': ')[1])),
  );
}

const family = (() => {
  const { revenue: own } = SMALL_RULEBOOK.measures;
  return { ...SMALL_RULEBOOK, measures: { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } } };
})();

/** Partners in groups of ten, the first of which is above the others. */
function partner(externalRef: string, index: number): PartnerInput {
  return {
    externalRef,
    name: `Partner ${externalRef}`,
    country: 'DE',
    region: 'DACH',
    parent: index % 10 === 0 ? null : (refs[index - (index % 10)] ?? null),
    enrolledOn: day('2020-01-01'),
  };
}

/** Many facts of new sources, and a long log, in tables that nothing ever looked at. */
async function fill(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO fact (id, program_id, source, external_id, version, partner_id, kind, occurred_on, value, currency, attributes, fingerprint, recorded_at)
     SELECT gen_random_uuid(), p.program_id, 'source ' || n % $2, 'f' || n, 1, p.id, 'revenue', DATE '2026-11-01' - (n % 900)::int, 1, 'EUR', '{}',
       decode(md5(n::text), 'hex'), p.last_recorded_at
     FROM generate_series(1, $1::int) AS n JOIN (
       SELECT *, row_number() OVER (ORDER BY external_ref) - 1 AS place FROM partner WHERE external_ref LIKE 'P%'
     ) p ON p.place = n % $3::int`,
    [FACTS, SOURCES, PARTNERS],
  );
  const columns = `partner_id, "on", recorded_at, type, trigger, rulebook_id, previous_rulebook_id, region, family_ids, detail,
    causes, cause_count`;
  await client.query(`INSERT INTO status_change (program_id, position, id, version, ${columns})
    SELECT program_id, position + n * head, gen_random_uuid(), version + n * 1000, ${columns}
    FROM status_change, (SELECT max(position) AS head FROM log_head) AS log, generate_series(1, ${LOGS}) AS n`);
  await client.query(`UPDATE log_head SET position = position * ${LOGS + 1}`);
  await client.query(
    `UPDATE partner p SET version = (SELECT max(version) FROM status_change s WHERE s.partner_id = p.id)`,
  );
}

async function unwatched(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = off)`);
}

async function open(url: string): Promise<OpenApp> {
  return openTestApp({ location: { kind: 'server', url }, clock: () => now, pollEveryMs: 3_600_000 });
}

describe.each(['force_custom_plan', 'force_generic_plan'])('without statistics, with %s', (mode) => {
  let database: TestDatabase;
  let client: Client;
  let opened: OpenApp;
  let programId: string;

  beforeAll(async () => {
    now = Date.UTC(2026, 10, 23, 12);
    database = await createDatabase();
    const seeding = await open(database.url);
    client = new Client({ connectionString: database.url });
    await client.connect();
    await unwatched(client);
    const { app } = seeding;
    await createSmallProgram(app, 'other');
    programId = await createSmallProgram(app);
    await publish(app, 'small', family, '2026-11-23');
    for (let from = 0; from < PARTNERS; from += 1_000) {
      const partners = refs.slice(from, from + 1_000).map((ref, index) => partner(ref, from + index));
      granted(await enrollPartners(app, { program: 'small', partners }));
    }
    await seeding.close();
    await fill(client);
    await explainEverything(database.url, { plan_cache_mode: mode });
    opened = await open(database.url);
    await opened.judge.stop();
  }, 120_000);

  afterAll(async () => {
    const { rows } = await client.query<{ known: number }>(
      'SELECT count(*)::int AS known FROM pg_stat_user_tables WHERE analyze_count + autoanalyze_count > 0',
    );
    await client.end();
    await opened.close();
    await database.drop();
    expect(rows).toEqual([{ known: 0 }]);
  });

  const NUMBERS = `standing { tier { code } proof { requirement { ...on ThresholdProof { actual { counted { nodes { externalId } } } } } } }`;
  const listed = (order: string, filter = '{}', page = 'first: 20') =>
    `{ partners(program: "small", filter: ${filter}, orderBy: ${order}, ${page}) { nodes { externalRef tier { code } } pageInfo { endCursor } } }`;
  const one = (selection: string) =>
    `{ partner(by: { ref: { program: "small", externalRef: "P00020" } }) { ${selection} } }`;
  const changes = (args: string) =>
    `{ statusChanges(program: "small", ${args}) { nodes { cursor partner { name } } } }`;
  const ORDERS = ['NAME', 'EXTERNAL_REF', 'TIER', 'NEXT_CHANGE', 'ENROLLED_ON', 'MISSING'];
  const ofPartners = [
    one('tier { code } parent { name } affiliates(first: 20) { totalCount nodes { name tier { code } } }'),
    one(NUMBERS),
    one('standing(on: "2026-06-01") { tier { code } knownAt }'),
    one('standing(knownAt: "2026-11-24T12:00:00Z") { tier { code } knownAt }'),
    one('facts(first: 20) { totalCount nodes { externalId versions { nodes { version } } } }'),
    one('statusChanges(first: 20) { totalCount nodes { explanation causes { externalId } } }'),
    one('overrides(first: 20, ended: true) { totalCount nodes { tier { code } } }'),
    one(
      'history(first: 20) { nodes { from } } past: history(first: 20, knownAt: "2026-11-24T12:00:00Z") { nodes { from } }',
    ),
    `{ partners(program: "small", first: 10) { nodes { ${NUMBERS} affiliates(first: 5) { totalCount nodes { name } }
      facts(first: 3) { totalCount nodes { versions { nodes { version } } } } overrides(first: 3) { nodes { reason } }
      statusChanges(first: 3) { totalCount nodes { explanation } } } } }`,
  ];

  /**
   * Runs operations with these rights, twice: the first look at an index leaves out what was overwritten for
   * those that follow.
   */
  const askAll = async (queries: readonly string[], rights: Rights = ALL_RIGHTS) => {
    await askOnce(queries, rights);
    return askOnce(queries, rights);
  };
  const askOnce = (queries: readonly string[], rights: Rights) =>
    runsOf(async () => {
      for (const source of queries) {
        const contextValue = createContext({ ...opened, requestId: 'test', rights });
        const { errors } = await graphql({ schema, source, contextValue });
        expect([source, errors]).toEqual([source, undefined]);
      }
    });

  test('lists in any order', async () => {
    const orders = ORDERS.flatMap((field) => [`{ field: ${field} }`, `{ field: ${field}, direction: DESC }`]);
    const first = await askAll(orders.map((order) => listed(order)));
    const last = await askAll(orders.map((order) => listed(order, '{}', 'last: 20')));
    const others = await askAll([
      changes('first: 20'),
      changes('last: 20'),
      '{ programs(first: 20) { nodes { code rulebooks { nodes { number } } rulebookDrafts { nodes { number } } } } }',
      '{ apiKeys(first: 20) { nodes { name } } }',
    ]);
    const rights: Rights = { ...ALL_RIGHTS, role: 'READER', programs: [programId] };
    const reader = await askAll(
      [...orders.map((order) => listed(order)), changes('first: 20'), changes('last: 20')],
      rights,
    );
    expect(excessive([...first, ...last, ...others, ...reader], 20)).toEqual([]);
  });

  test('pages and standings', async () => {
    const runs = await askAll(ofPartners);
    expect(runs.length).toBeGreaterThan(ofPartners.length);
    expect(excessive(runs, 20)).toEqual([]);
  });

  test('what is asked about some partners, by their ids or by one of them', async () => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM partner WHERE external_ref = 'P00020'`,
    );
    const [{ id } = { id: '' }] = rows;
    const global = JSON.stringify(encodeGlobalId('Partner', id));
    const about = [
      `{ node(id: ${global}) { id } }`,
      changes(`first: 20, filter: { partners: [${global}] }`),
      changes(`last: 20, filter: { partners: [${global}] }`),
      listed('{ field: NAME }', `{ parent: ${global} }`),
    ];
    const rights: Rights = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: id };
    expect(excessive(await askAll(about), 20)).toEqual([]);
    expect(
      excessive(
        await askAll([...about, ...ofPartners, changes('first: 20'), changes('last: 20')], rights),
        20,
      ),
    ).toEqual([]);
  });

  const record = (source: string, chosen: readonly string[], prefix = 'n') =>
    recordFacts(opened.app, {
      program: 'small',
      source,
      facts: chosen.flatMap((ref) => [
        revenue(`${prefix} ${ref}`, ref, '2000', '2026-11-01'),
        certificate(`${prefix} c ${ref}`, ref, `of ${ref}`, '2026-11-01', '2026-11-25'),
      ]),
      onError: 'REJECT_ALL',
    });
  const known = { program: 'small', source: 'source 1', externalId: 'f1', expectedVersion: 1 };

  test.each<[string, number, () => Promise<object>]>([
    ['500 facts of a new source', 700, () => record('new', refs.slice(0, 250))],
    ['500 facts of a source that has many', 700, () => record('source 1', refs.slice(250, 500))],
    ['facts that are known', 700, () => record('new', refs.slice(0, 250))],
    ['one fact', 30, () => record('new', refs.slice(600, 601))],
    [
      'a correction',
      20,
      () => correctFact(opened.app, { ...known, fact: { ...revenue('', refs[1] ?? '', '3', '2026-01-01') } }),
    ],
    ['a void', 20, () => voidFact(opened.app, { ...known, expectedVersion: 2 })],
    [
      'a move',
      40,
      () =>
        updatePartner(opened.app, { program: 'small', partner: 'P00011', firstOn: null, parent: 'P00020' }),
    ],
    [
      'an enrolment',
      20,
      () =>
        enrollPartners(opened.app, {
          program: 'small',
          partners: [{ ...partner('N1', 0), parent: 'P00020' }],
        }),
    ],
  ])('%s', async (_, rows, write) => {
    expect(excessive(await runsOf(async () => granted(await write())), rows)).toEqual([]);
  });

  test('an override and its end', async () => {
    const runs = await runsOf(async () => {
      const days = { firstOn: null, endsOn: day('2027-01-01') };
      const set = granted(
        await overrideTier(opened.app, {
          program: 'small',
          partner: 'P00033',
          tier: 'GOLD',
          reason: 'r',
          actor: 'a',
          ...days,
        }),
      );
      granted(await endOverride(opened.app, { program: 'small', override: set.override.id, on: null }));
    });
    expect(excessive(runs, 20)).toEqual([]);
  });

  test('the tail', async () => {
    const runs = await runsOf(async () => {
      await opened.tail.refresh(programId);
      await record('new', refs.slice(700, 702));
      await opened.tail.refresh(programId);
      await readLogRange(opened.app.database.prisma, programId, 5_000, 5_500);
    });
    expect(excessive(runs, 500 / 60)).toEqual([]);
  });

  test('what a day makes due', async () => {
    now = Date.UTC(2026, 10, 25, 12);
    let judged = 0;
    const runs = await runsOf(async () => {
      judged = await judgeDue(opened.app);
    });
    expect(judged).toBeGreaterThan(500);
    expect(excessive(runs, 3 * CHUNK)).toEqual([]);
    expect(claims(runs)).toBeLessThan(5 * CHUNK);
  });

  test('what a rulebook makes due', async () => {
    await publish(opened.app, 'other', SMALL_RULEBOOK, '2026-12-01');
    await publish(
      opened.app,
      'small',
      { ...family, policy: { ...family.policy, atRiskDays: 30 } },
      '2026-12-01',
    );
    let judged = 0;
    const runs = await runsOf(async () => {
      judged = await judgeDue(opened.app);
    });
    expect(judged).toBeGreaterThan(PARTNERS - 1);
    expect(excessive(runs, 3 * CHUNK)).toEqual([]);
    expect(claims(runs)).toBeLessThan(5 * CHUNK);
  }, 120_000);
});
