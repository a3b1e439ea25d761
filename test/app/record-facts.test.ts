import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactDetailInput } from '../../src/app/naming/fact-input.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { number } from '../engine/support/measuring.ts';
import { certificate, createSmallProgram, day, enroll, granted, revenue } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { logAfter } from '../support/read-log.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let programId: string;
const NOW = Date.UTC(2026, 5, 15, 12);

beforeAll(async () => {
  opened = await openTestApp({ clock: () => NOW });
  programId = await createSmallProgram(opened.app);
});
afterAll(() => opened.close());

async function record(
  facts: Parameters<typeof recordFacts>[1]['facts'],
  onError: 'SKIP_ROW' | 'REJECT_ALL' = 'SKIP_ROW',
) {
  return recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError });
}

async function countFacts(): Promise<number> {
  return opened.app.database.prisma.fact.count();
}

describe('recordFacts', () => {
  test('revenue may say to whom it was sold; without that it is the row that it was before', async () => {
    await enroll(opened.app, ['sold']);
    const [row] = [revenue('sold-1', 'sold', '5', '2026-06-01')];
    if (row?.detail.type !== 'revenue') throw new Error('revenue');
    const { detail, ...rest } = row;
    const named = { ...rest, externalId: 'sold-2', detail: { ...detail, customer: '  north ' } };
    const [plain, sold] = granted(await record([row, named])).rows;
    expect([plain, sold].map((each) => each?.type === 'RECORDED' && each.fact.customer)).toEqual([
      null,
      'north',
    ]);
    const again = granted(await record([{ ...row, detail: { ...detail, customer: null } }, named])).rows;
    expect(again.map(({ type }) => type)).toEqual(['DUPLICATE', 'DUPLICATE']);
  });

  test('a fact that lifts a partner is logged once, with its cause, and the row shows the new tier', async () => {
    const [id = ''] = await enroll(opened.app, ['A']);
    const result = granted(await record([revenue('a-1', 'A', '99.99', '2026-06-15')]));
    expect(result.changes).toEqual([]);
    const lifted = granted(await record([revenue('a-2', 'A', '0.01', '2026-06-01')]));
    const [row] = lifted.rows;
    expect(lifted.changes).toHaveLength(1);
    expect(lifted.changes[0]).toMatchObject({
      partnerId: id,
      version: 2,
      causes: row?.type === 'RECORDED' ? [row.fact.id] : [],
      causeCount: 1,
      change: {
        on: day('2026-06-15'),
        trigger: 'FACT',
        detail: {
          type: 'TierChanged',
          from: 'BASE',
          to: 'SILVER',
          direction: 'UP',
          since: day('2026-06-15'),
        },
      },
    });
    const [partner] = await readPartners(FULL_SCOPE, opened.app.database.prisma, [id]);
    expect(partner?.status).toMatchObject({ tier: 'SILVER', computedTier: 'SILVER', holds: [] });
    expect(partner?.judgedOn).toBe(day('2026-06-15'));
    // The fact of 1 June leaves the trailing year first.
    expect(partner?.nextChangeOn).toBe(day('2027-06-01'));
  });

  test('the same rows again are duplicates, a changed one is a conflict that names its row, and nothing changes', async () => {
    await enroll(opened.app, ['B']);
    const rows = Array.from({ length: 1000 }, (_, i) => revenue(`b-${i}`, 'B', '1', '2026-01-01'));
    const first = granted(await record(rows));
    expect(first.rows.filter((row) => row.type === 'RECORDED')).toHaveLength(1000);
    const before = await countFacts();
    const changed = rows.with(17, revenue('b-17', 'B', '1.000001', '2026-01-01'));
    const second = granted(await record(changed));
    expect(second.rows.filter((row) => row.type === 'DUPLICATE')).toHaveLength(999);
    expect(second.rows[17]).toMatchObject({
      type: 'REJECTED',
      index: 17,
      code: 'CONFLICT',
      path: 'facts[17].externalId',
    });
    expect(second.changes).toEqual([]);
    expect(await countFacts()).toBe(before);
  });

  test('rule 7: rows that say the same in other words are duplicates', async () => {
    await enroll(opened.app, ['C']);
    granted(await record([revenue('c-1', 'C', '10.50', '2026-01-01')]));
    const again = granted(await record([revenue('c-1', 'C', '010.5', '2026-01-01')]));
    expect(again.rows.map((row) => row.type)).toEqual(['DUPLICATE']);
  });

  test('rule 38: the earlier row, sent again after a correction, is outdated and takes nothing back', async () => {
    promised('Sent again after a correction, the earlier row is outdated and takes nothing back.');
    await enroll(opened.app, ['T', 'U']);
    const before = revenue('t-1', 'T', '267.62', '2026-01-01');
    granted(await record([before]));
    const key = { program: 'small', source: 'crm', externalId: 't-1' };
    const { detail } = revenue('', 'T', '9999.00', '');
    const day = { partner: 'T', occurredOn: '2026-01-01' };
    granted(await correctFact(opened.app, { ...key, expectedVersion: 1, fact: { ...day, detail } }));
    const rows = [
      before,
      revenue('t-1', 'T', '9999', '2026-01-01'),
      revenue('t-1', 'T', '1', '2026-01-01'),
      revenue('t-1', 'U', '267.62', '2026-01-01'),
      revenue('t-2', 'T', '5', '2026-01-01'),
    ];
    const again = granted(await record(rows));
    expect(again.rows).toMatchObject([
      { type: 'OUTDATED', index: 0, current: { version: 2 } },
      { type: 'DUPLICATE', index: 1, fact: { version: 2 } },
      { type: 'REJECTED', index: 2, code: 'CONFLICT' },
      { type: 'REJECTED', index: 3, code: 'CONFLICT' },
      { type: 'RECORDED', index: 4 },
    ]);
    // It is no rejection: with REJECT_ALL the other rows go in.
    const whole = granted(await record([before, revenue('t-3', 'T', '5', '2026-01-01')], 'REJECT_ALL'));
    expect(whole.rows.map((row) => row.type)).toEqual(['OUTDATED', 'RECORDED']);
    const versions = await opened.app.database.prisma.fact.findMany({
      where: { externalId: 't-1' },
      orderBy: { version: 'asc' },
    });
    expect(versions.map(({ value }) => String(value))).toEqual(['267.62', '9999']);

    // Corrected back, it says again what the first row says.
    const back = { ...day, detail: before.detail };
    granted(await correctFact(opened.app, { ...key, expectedVersion: 2, fact: back }));
    const third = granted(await record([before, rows[1] ?? before]));
    expect(third.rows).toMatchObject([
      { type: 'DUPLICATE', fact: { version: 3 } },
      { type: 'OUTDATED', current: { version: 3 } },
    ]);
  });

  test('rule 38: a row equal to any version of a voided fact is a duplicate that revives nothing', async () => {
    promised('Sent again after a void, it revives nothing.');
    await enroll(opened.app, ['V']);
    const first = revenue('v-1', 'V', '1', '2026-01-01');
    granted(await record([first]));
    const key = { program: 'small', source: 'crm', externalId: 'v-1' };
    const fact = { partner: 'V', occurredOn: '2026-01-01', detail: revenue('', 'V', '2', '').detail };
    granted(await correctFact(opened.app, { ...key, expectedVersion: 1, fact }));
    granted(await voidFact(opened.app, { ...key, expectedVersion: 2 }));
    const before = await countFacts();
    const rows = [first, revenue('v-1', 'V', '2', '2026-01-01'), revenue('v-1', 'V', '3', '2026-01-01')];
    expect(granted(await record(rows)).rows).toMatchObject([
      { type: 'DUPLICATE', isVoid: true, fact: { version: 1, value: number('1') } },
      { type: 'DUPLICATE', isVoid: true, fact: { version: 3, value: number('2') } },
      { type: 'REJECTED', code: 'CONFLICT' },
    ]);
    expect(await countFacts()).toBe(before);
  });

  test('the same key twice in one batch: the second is a duplicate, or a conflict if it says something else', async () => {
    await enroll(opened.app, ['D']);
    const result = granted(
      await record([
        revenue('d-1', 'D', '5', '2026-01-01'),
        revenue('d-1', 'D', '5.0', '2026-01-01'),
        revenue('d-1', 'D', '6', '2026-01-01'),
      ]),
    );
    expect(result.rows.map((row) => row.type)).toEqual(['RECORDED', 'DUPLICATE', 'REJECTED']);
  });

  test('a malformed row is rejected with its path and the others go in; with REJECT_ALL nothing does', async () => {
    await enroll(opened.app, ['E']);
    const rows = [
      revenue('e-1', 'E', '5', '2026-01-01'),
      revenue('e-2', 'E', '5,00', '2026-01-01'),
      revenue('e-3', 'E', '5', '2026-02-30'),
      revenue('e-4', 'nobody', '5', '2026-01-01'),
      {
        ...revenue('e-5', 'E', '5', '2026-01-01'),
        detail: { type: 'revenue', amount: '5', currency: 'CHF', attributes: [] } as const,
      },
      certificate('e-6', 'E', '', '2026-01-01', null),
      certificate('e-7', 'E', 'p', '2026-01-01', '2026-01-01'),
    ];
    const before = await countFacts();
    const refused = await record(rows, 'REJECT_ALL');
    expect(refused).toMatchObject({ refused: 'FACTS_REJECTED', rejections: { length: 6 } });
    expect(await countFacts()).toBe(before);
    const result = granted(await record(rows));
    expect(
      result.rows.map((row) => (row.type === 'REJECTED' ? `${row.code} ${row.path}` : row.type)),
    ).toEqual([
      'RECORDED',
      'INVALID_VALUE facts[1].detail.revenue.amount',
      'INVALID_VALUE facts[2].occurredOn',
      'UNKNOWN_PARTNER facts[3].partner',
      'UNKNOWN_CURRENCY facts[4].detail.revenue.currency',
      'INVALID_VALUE facts[5].detail.certification.person',
      'INVALID_VALUE facts[6].detail.certification.expiresOn',
    ]);
    expect(await countFacts()).toBe(before + 1);
  });

  test('rule 5: only kinds that the programme declares, and scores on its scale, are recorded', async () => {
    await enroll(opened.app, ['K']);
    const row = (externalId: string, detail: FactDetailInput) => ({
      externalId,
      partner: 'K',
      occurredOn: '2026-01-01',
      detail,
    });
    const satisfaction = (score: string) =>
      ({ type: 'satisfaction', score, customer: null, respondent: null, attributes: [] }) as const;
    const measured = {
      type: 'measurement',
      value: '1',
      subject: null,
      expiresOn: null,
      attributes: [],
    } as const;
    const rows = [
      row('k-1', satisfaction('10')),
      row('k-2', satisfaction('10.01')),
      row('k-3', satisfaction('-0.5')),
      row('k-4', { ...measured, kind: 'users' }),
      row('k-5', { ...measured, kind: 'revenue' }),
    ];
    const result = granted(await record(rows));
    expect(
      result.rows.map((each) => (each.type === 'REJECTED' ? `${each.code} ${each.path}` : each.type)),
    ).toEqual([
      'RECORDED',
      'INVALID_VALUE facts[1].detail.satisfaction.score',
      'INVALID_VALUE facts[2].detail.satisfaction.score',
      'UNKNOWN_KIND facts[3].detail.measurement.kind',
      'UNKNOWN_KIND facts[4].detail.measurement.kind',
    ]);
  });

  test('rule 26: an entry names at most a hundred of its causes, and counts them all', async () => {
    const [id = ''] = await enroll(opened.app, ['M']);
    const rows = Array.from({ length: 150 }, (_, index) => revenue(`m-${index}`, 'M', '1', '2026-06-01'));
    const { changes } = granted(await record(rows));
    expect(
      changes.map(({ partnerId, causes, causeCount }) => [partnerId, new Set(causes).size, causeCount]),
    ).toEqual([
      [id, 100, 150],
      [id, 100, 150],
    ]);
  });

  test('rule 28: positions and versions are dense', async () => {
    promised(
      "The log is complete: Each programme has one, numbered without gaps, in which `version` counts a partner's changes from 1.",
    );
    const entries = await logAfter(opened.app, programId);
    expect(entries.map((entry) => entry.position)).toEqual(entries.map((_, index) => index + 1));
    for (const [, own] of Map.groupBy(entries, (entry) => entry.partnerId)) {
      expect(own.map((entry) => entry.version)).toEqual(own.map((_, index) => index + 1));
    }
    expect(entries.length).toBeGreaterThan(5);
    // Another programme has a log of its own, which begins with 1 too.
    const otherId = await createSmallProgram(opened.app, 'other');
    await enroll(opened.app, ['A', 'B'], 'other');
    expect((await logAfter(opened.app, otherId)).map(({ position, version }) => [position, version])).toEqual(
      [
        [1, 1],
        [2, 1],
      ],
    );
    expect((await logAfter(opened.app, programId)).length).toBe(entries.length);
  });

  test('an unknown programme is a refusal', async () => {
    expect(
      await recordFacts(opened.app, { program: 'none', source: 's', facts: [], onError: 'SKIP_ROW' }),
    ).toMatchObject({
      refused: 'PROGRAM_NOT_FOUND',
    });
  });
});
