import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import type { FactInput } from '../../src/app/naming/fact-input.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { DEMO_SOURCE } from '../../src/demo/demo-base.ts';
import { generateDemo } from '../../src/demo/generate.ts';
import { CONNECT_PROGRAM } from '../../src/demo/rulebooks.ts';
import { seedDemo, toFactInput } from '../../src/demo/seed.ts';
import { fingerprintOf } from '../../src/store/encoding/fingerprint.ts';
import { FACT_JSON, type StoredFact, toFact } from '../../src/store/encoding/stored-fact.ts';
import { runCodeMigrations } from '../../src/store/migrations/code-migrations.ts';
import { answer } from '../schema/ask.ts';
import { findFaults } from '../support/check-standings.ts';
import { granted } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiergraph-'));
function clock() {
  return Date.UTC(2026, 10, 23, 12);
}
const options = { seed: 1, today: '2026-11-23', partners: 6 };
const program = CONNECT_PROGRAM.code;
const base = generateDemo(options);

type Texts = Partial<Pick<StoredFact, 'source' | 'externalId' | 'person' | 'attributes'>>;

let opened: Awaited<ReturnType<typeof openTestApp>>;

/** The demo as an older version left it: with texts as they were sent, and fingerprints of those. */
beforeAll(async () => {
  const before = await openTestApp({ location: { kind: 'embedded', folder }, clock });
  await seedDemo(before.app, options);
  await before.close();
  const database = await PGlite.create(join(folder, 'postgres'));
  await plant(database);
  await bringAlongWithFailures(database);
  await database.close();
  opened = await openTestApp({ location: { kind: 'embedded', folder }, clock });
});

afterAll(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

const revenues = base.facts.filter(({ detail }) => 'revenue' in detail);
const certificates = base.facts.filter(({ detail }) => 'certification' in detail);
function keyOf(index: number): string {
  return revenues[index]?.externalId ?? '';
}
function refOf(index: number): string {
  return base.partners[index]?.externalRef ?? '';
}
const first = certificates[0];
const person =
  first !== undefined && 'certification' in first.detail ? first.detail.certification.person : '';
const second = certificates[1]?.externalId ?? '';
const third = certificates[2]?.externalId ?? '';

async function plant(database: PGlite): Promise<void> {
  await database.exec('DELETE FROM code_migration; DELETE FROM odd_name');
  // Of one person, written in two ways; and a name that is refused today.
  await resay(database, first?.externalId ?? '', { person: `${person}\u00a0` });
  await resay(database, second, { person: 'an\u200bna' });
  await resay(database, third, { attributes: { ' area': 'Video\u3000', level: '3' } });
  // Keys with nothing else in the way, one of them with two versions.
  await resay(database, keyOf(0), { externalId: `${keyOf(0)}\u00a0` });
  await resay(database, keyOf(1), { source: `${DEMO_SOURCE} `, externalId: `\ufeff${keyOf(1)}` });
  await copy(database, `${keyOf(0)}\u00a0`, `${keyOf(0)}\u00a0`, 2);
  await database.query(
    'UPDATE fact SET superseded_at = now(), voided = true WHERE external_id = $1 AND version = 1',
    [`${keyOf(0)}\u00a0`],
  );
  // Keys that would become one: one with its form, and two without.
  await copy(database, keyOf(2), `${keyOf(2)} `);
  await resay(database, keyOf(3), { externalId: `${keyOf(3)}\u200b` });
  await copy(database, `${keyOf(3)}\u200b`, `${keyOf(3)}\u3000`);
  await database.query('UPDATE partner SET external_ref = $2 WHERE external_ref = $1', [
    refOf(0),
    `${refOf(0)}\u00a0`,
  ]);
  await database.query('UPDATE partner SET external_ref = $2 WHERE external_ref = $1', [
    refOf(1),
    `${refOf(2)} `,
  ]);
  await database.query('UPDATE partner SET region = $2 WHERE external_ref = $1', [refOf(3), 'Se\u0301oul ']);
  await database.query(
    `UPDATE partner_entry e SET data = jsonb_set(e.data, '{region}', to_jsonb($2::text)) FROM partner p
     WHERE p.id = e.partner_id AND p.external_ref = $1`,
    [refOf(3), 'Se\u0301oul '],
  );
}

/** Changes what a fact says, with the fingerprint of that, as it was stored before texts had one form. */
async function resay(database: PGlite, externalId: string, texts: Texts): Promise<void> {
  const { rows } = await database.query<{ fact: StoredFact }>(
    `SELECT ${FACT_JSON.sql} AS fact FROM fact f WHERE f.external_id = $1`,
    [externalId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no fact ${externalId}`);
  const said = { ...row.fact, ...texts };
  await database.query(
    `UPDATE fact SET source = $2, external_id = $3, person = $4, attributes = $5, fingerprint = decode($6, 'hex') WHERE id = $1`,
    [said.id, said.source, said.externalId, said.person, said.attributes, fingerprintOf(toFact(said))],
  );
}

async function copy(database: PGlite, externalId: string, as: string, version = 1): Promise<void> {
  await database.query(
    `INSERT INTO fact (id, program_id, source, external_id, version, partner_id, kind, occurred_on, value, currency,
       attributes, fingerprint, recorded_at)
     SELECT $1, program_id, source, $3, $4, partner_id, kind, occurred_on, value, currency, attributes, fingerprint, recorded_at
     FROM fact WHERE external_id = $2`,
    [randomUUID(), externalId, as, version],
  );
}

/** Runs the migration over and over, killed after some statements each time. */
async function bringAlongWithFailures(database: PGlite): Promise<void> {
  for (let killed = 0; ; killed += 1) {
    let left = 9;
    const spend = () => {
      left -= 1;
      if (left < 0) throw new Error('killed');
    };
    try {
      await runCodeMigrations({
        async execute(sql) {
          if (sql !== 'ROLLBACK') spend();
          await database.exec(sql);
        },
        async query(sql, values) {
          spend();
          return (await database.query<Record<string, unknown>>(sql, values && [...values])).rows;
        },
      });
      expect(killed).toBeGreaterThan(3);
      return;
    } catch (error) {
      if (!(error instanceof Error) || killed > 100) throw error;
    }
  }
}

async function storedFacts(): Promise<StoredFact[]> {
  const rows = await opened.app.database.prisma.$queryRawUnsafe<{ fact: StoredFact }[]>(
    `SELECT ${FACT_JSON.sql} AS fact FROM fact f ORDER BY f.external_id, f.version`,
  );
  return rows.map(({ fact }) => fact);
}

async function record(facts: readonly FactInput[], source: string) {
  return granted(await recordFacts(opened.app, { program, source, facts, onError: 'SKIP_ROW' })).rows;
}

describe('rule 30: a database from before names had one form', () => {
  test('has its texts in their form, and fingerprints of that', async () => {
    const facts = await storedFacts();
    const saying = (externalId: string) => facts.filter((fact) => fact.externalId === externalId);
    expect(saying(first?.externalId ?? '')).toMatchObject([{ person }]);
    expect(saying(second)).toMatchObject([{ person: 'an\u200bna' }]);
    expect(saying(third)).toMatchObject([{ attributes: { area: 'Video', level: '3' } }]);
    expect(saying(keyOf(0))).toMatchObject([{ version: 1 }, { version: 2 }]);
    expect(saying(keyOf(1))).toMatchObject([{ source: DEMO_SOURCE }]);
    const rows = await opened.app.database.prisma.$queryRaw<{ id: string; fingerprint: string }[]>`
      SELECT id, encode(fingerprint, 'hex') AS fingerprint FROM fact`;
    const fingerprints = new Map(rows.map((row) => [row.id, row.fingerprint]));
    for (const fact of facts) expect(fingerprints.get(fact.id)).toBe(fingerprintOf(toFact(fact)));
    const partners = await opened.app.database.prisma.partner.findMany({
      select: { externalRef: true, region: true },
    });
    const regionOf = new Map(partners.map(({ externalRef, region }) => [externalRef, region]));
    expect(regionOf.has(refOf(0))).toBe(true);
    expect(regionOf.get(refOf(3))).toBe('S\u00e9oul');
  });

  test('lists at the start what would have become one, and leaves it alone', async () => {
    promised(
      'References and keys whose one form is that of another are left as they are, and are listed in the log and by `Program.collidingNames`.',
    );
    const names = [
      { kind: 'FACT_KEY', source: DEMO_SOURCE, text: `${keyOf(2)} `, form: keyOf(2) },
      { kind: 'FACT_KEY', source: DEMO_SOURCE, text: `${keyOf(3)}\u200b`, form: keyOf(3) },
      { kind: 'FACT_KEY', source: DEMO_SOURCE, text: `${keyOf(3)}\u3000`, form: keyOf(3) },
      { kind: 'REFERENCE', source: null, text: `${refOf(2)} `, form: refOf(2) },
    ];
    const query = `{ program(code: "${program}") { collidingNames { kind source text form } } }`;
    const data = (await answer(opened, query)) as {
      program: { collidingNames: { form: string; text: string }[] };
    };
    const sorted = (rows: readonly { form: string; text: string }[]) =>
      rows.toSorted((a, b) => (a.form + a.text < b.form + b.text ? -1 : 1));
    expect(sorted(data.program.collidingNames)).toEqual(sorted(names));
    const [warning = '', ...rest] = opened.log.problems;
    expect(rest).toEqual([]);
    expect(warning).toContain('differ from others only in what cannot be seen');
    expect(warning).toContain('"count":4');
    expect(warning).toContain(`${keyOf(3)}<U+200B (a zero width space)>`);
    const keys = (await storedFacts()).map(({ externalId }) => externalId);
    expect(keys.filter((key) => key.startsWith(keyOf(2)))).toEqual([keyOf(2), `${keyOf(2)} `]);
  });

  test('finds what was left alone by its exact text', async () => {
    promised('They are found by their exact text.');
    const query = `query ($by: PartnerLocator!) { partner(by: $by) { externalRef } }`;
    for (const [sent, found] of [
      [`${refOf(2)} `, `${refOf(2)} `],
      [refOf(2), refOf(2)],
      [`${refOf(2)}\u00a0`, refOf(2)],
      [`${refOf(0)}\u00a0`, refOf(0)],
    ]) {
      expect(await answer(opened, query, { by: { ref: { program, externalRef: sent } } })).toEqual({
        partner: { externalRef: found },
      });
    }
  });

  test('takes every row that is sent again for a duplicate, as it was sent then and in its form', async () => {
    const partnerNow = new Map([[refOf(1), `${refOf(2)} `]]);
    const rows = base.facts
      .filter(({ externalId }) => ![third, second, keyOf(3)].includes(externalId))
      .map(toFactInput)
      .map((row) => ({ ...row, partner: partnerNow.get(row.partner) ?? row.partner }));
    for (let at = 0; at < rows.length; at += 1_000) {
      const outcomes = await record(rows.slice(at, at + 1_000), DEMO_SOURCE);
      expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(['DUPLICATE']));
    }
    const asSent = (externalId: string, changes: Partial<FactInput> = {}): FactInput => {
      const fact = base.facts.find((each) => each.externalId === externalId);
      if (fact === undefined) throw new Error(`no fact ${externalId}`);
      return { ...toFactInput(fact), ...changes };
    };
    const named = (externalId: string, name: string): FactInput => {
      const row = asSent(externalId);
      return row.detail.type === 'certification' ? { ...row, detail: { ...row.detail, person: name } } : row;
    };
    const again = [
      named(first?.externalId ?? '', `${person}\u00a0`),
      named(second, 'an\u200bna'),
      asSent(keyOf(0), { externalId: `${keyOf(0)}\u00a0` }),
      asSent(keyOf(1), { externalId: `\ufeff${keyOf(1)}` }),
      asSent(keyOf(2), { externalId: `${keyOf(2)} ` }),
      asSent(keyOf(3), { externalId: `${keyOf(3)}\u200b` }),
      asSent(keyOf(3), { externalId: `${keyOf(3)}\u3000` }),
    ];
    const count = (await storedFacts()).length;
    const outcomes = await record(again, `${DEMO_SOURCE} `);
    expect(outcomes.map(({ type }) => type)).toEqual(again.map(() => 'DUPLICATE'));
    expect((await storedFacts()).length).toBe(count);
  });

  test('is judged by the texts that it has now', async () => {
    await judgeDue(opened.app);
    expect(await findFaults(opened.app, program)).toEqual([]);
  });
});
