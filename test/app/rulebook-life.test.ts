import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { judgePartner } from '../../src/engine/policy/judge-partner.ts';
import { formatDecimal } from '../../src/engine/values/fraction.ts';
import { createProgramCatalogue } from '../../src/store/catalogue/program-catalogue.ts';
import { PROGRAM, partnerWith } from '../engine/support/measuring.ts';
import { REFUSALS } from '../engine/support/refusals.ts';
import { findFaults } from '../support/check-standings.ts';
import {
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
});
afterAll(() => moving.close());

const NOBODY = '018f4c1e-0000-7000-8000-00000badcafe';
/** SMALL_RULEBOOK with another hurdle for Silver, and whatever else is given. */
function withSilver(atLeast: string, others: object = {}) {
  return {
    ...SMALL_RULEBOOK,
    ...others,
    tiers: SMALL_RULEBOOK.tiers.map((tier) =>
      tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast } } : tier,
    ),
  };
}
async function saveDraft(program: string, document: unknown, draft: string | null = null) {
  return saveRulebookDraft(moving.app, { program, document, draft });
}
async function newDraft(program: string, document: unknown): Promise<string> {
  return granted(await saveDraft(program, document)).rulebookId;
}
function publishOn(rulebook: string, on: string) {
  return publishRulebook(moving.app, { rulebook, effectiveFrom: day(on) });
}
/** Everything that is kept of rulebooks and of who knows about them. */
async function stored() {
  const { prisma } = moving.app.database;
  return JSON.stringify([
    await prisma.rulebook.findMany({ orderBy: { id: 'asc' } }),
    await prisma.program.findMany({ orderBy: { id: 'asc' } }),
    (await prisma.epoch.findFirst())?.number.toString(),
  ]);
}

describe('scenarios', () => {
  test('a draft with a red one is saved, and not published', async () => {
    await createSmallProgram(moving.app, 'scenarios');
    const scenario = (value: string) => ({
      name: { en: `${value} EUR` },
      on: '2026-03-01',
      facts: [{ fact: 'revenue', on: '2026-02-01', value }],
      expect: { tier: 'SILVER' },
    });
    const document = (...values: string[]) =>
      withSilver('300', { format: 2, scenarios: values.map(scenario) });
    const draft = await newDraft('scenarios', document('300', '299'));
    const message = 'The scenario "299 EUR" is red. The tier should be SILVER, and is BASE.';
    expect(await publishOn(draft, '2026-04-01')).toMatchObject({
      refused: 'NOT_PUBLISHABLE',
      problems: [{ path: '/scenarios/1', message }],
    });
    granted(await saveDraft('scenarios', document('300', '301'), draft));
    granted(await publishOn(draft, '2026-04-01'));
  });
});

describe('invalid rulebooks', () => {
  test('rule 23: none of all kinds is half-saved, neither as a new draft nor over one that is right', async () => {
    granted(
      await createProgram(moving.app, {
        code: 'refusing',
        name: 'Refusing',
        timeZone: 'UTC',
        currency: PROGRAM.currency,
        fiscalYearFirstMonth: PROGRAM.fiscalYearFirstMonth,
        satisfactionScale: {
          minimum: formatDecimal(PROGRAM.satisfactionScale.minimum),
          maximum: formatDecimal(PROGRAM.satisfactionScale.maximum),
        },
        measurementKinds: PROGRAM.measurementKinds,
      }),
    );
    const draft = await newDraft('refusing', SMALL_RULEBOOK);
    const before = await stored();
    expect(REFUSALS.length).toBeGreaterThanOrEqual(50);
    for (const [kind, document, path, message] of REFUSALS) {
      for (const over of [null, draft]) {
        expect([kind, await saveDraft('refusing', document, over)]).toMatchObject([
          kind,
          { refused: 'RULEBOOK_INVALID', problems: [{ path, message }] },
        ]);
      }
    }
    expect(await stored()).toBe(before);
  });

  test('a programme has so many drafts and rulebooks, and no more', async () => {
    const program = await createSmallProgram(moving.app, 'many');
    const { prisma } = moving.app.database;
    const document = JSON.stringify(SMALL_RULEBOOK);
    const rulesChanged = async (): Promise<void> => {
      await prisma.$executeRaw`UPDATE program SET rules_version =
        (SELECT count(*) FROM rulebook WHERE program_id = ${program}::uuid AND state = 'PUBLISHED') WHERE id = ${program}::uuid`;
      await prisma.$executeRaw`UPDATE epoch SET number = number + 1`;
    };
    await prisma.$executeRaw`
      INSERT INTO rulebook (id, program_id, number, state, document)
      SELECT gen_random_uuid(), ${program}::uuid, 1 + n, 'DRAFT', ${document}::jsonb FROM generate_series(1, 99) n`;
    const draft = await newDraft('many', SMALL_RULEBOOK);
    const message = 'The programme has 100 drafts, which is as many as it may have; replace one of them.';
    expect(await saveDraft('many', SMALL_RULEBOOK, null)).toEqual({
      refused: 'RULEBOOK_INVALID',
      message,
      problems: [{ path: '', message }],
      problemCount: 1,
    });
    granted(await saveDraft('many', SMALL_RULEBOOK, draft));
    await prisma.$executeRaw`
      INSERT INTO rulebook (id, program_id, number, state, effective_from, published_at, document)
      SELECT gen_random_uuid(), ${program}::uuid, 200 + n, 'PUBLISHED', DATE '2020-01-02' + n, '2020-01-01T00:00:00Z', ${document}::jsonb
      FROM generate_series(1, 199) n`;
    await rulesChanged();
    expect(await publishOn(draft, '2026-04-01')).toEqual({
      refused: 'NOT_PUBLISHABLE',
      message: 'A programme may have 200 rulebooks that are published and not withdrawn.',
      problems: [],
    });
    await prisma.$executeRaw`DELETE FROM rulebook WHERE program_id = ${program}::uuid AND number > 1`;
    await rulesChanged();
  });

  test('rules 23 and 34: a valid document that cannot follow the one before it stays the draft that it was', async () => {
    await createSmallProgram(moving.app, 'follows');
    await enroll(moving.app, ['A'], 'follows');
    const [base, silver, gold] = SMALL_RULEBOOK.tiers;
    const renamed = { ...gold, code: 'TOP' };
    const drafts = {
      '/remap': { ...SMALL_RULEBOOK, tiers: [base, silver, renamed] },
      '/remap/GOLD': { ...SMALL_RULEBOOK, remap: { SILVER: 'GOLD', GOLD: 'SILVER' } },
      '/remap/BRONZE': { ...SMALL_RULEBOOK, remap: { BRONZE: 'SILVER' } },
      '/transition/until': { ...SMALL_RULEBOOK, transition: { mode: 'FLOOR', until: '2026-04-01' } },
    };
    for (const [path, document] of Object.entries(drafts)) {
      const id = await newDraft('follows', document);
      const before = await stored();
      expect(await publishOn(id, '2026-04-01')).toMatchObject({
        refused: 'NOT_PUBLISHABLE',
        problems: [{ path }],
      });
      expect(await stored()).toBe(before);
      expect(await moving.judgeDue()).toBe(0);
    }
    const draft = await newDraft('follows', drafts['/remap']);
    // Mended, the same draft goes through.
    granted(await saveDraft('follows', { ...drafts['/remap'], remap: { GOLD: 'TOP' } }, draft));
    granted(await publishOn(draft, '2026-04-01'));
  });

  test('rule 23: a draft that is no longer valid is not published, and what is wrong with it is told', async () => {
    await createSmallProgram(moving.app, 'broken');
    const draft = await newDraft('broken', SMALL_RULEBOOK);
    await moving.app.database.prisma.rulebook.update({
      where: { id: draft },
      data: { document: { format: 1 } },
    });
    const before = await stored();
    expect(await publishOn(draft, '2026-04-01')).toEqual({
      refused: 'NOT_PUBLISHABLE',
      message: 'The draft was saved when more was allowed; mend it and save it again.',
      problems: [{ path: '', message: '"tiers" is missing.' }],
    });
    expect(await stored()).toBe(before);
  });

  test('a bound that decides nothing is refused when saved and when published, and judged where it holds', async () => {
    await createSmallProgram(moving.app, 'bounds');
    await enroll(moving.app, ['A'], 'bounds');
    const share = { measure: { largestShare: ['revenue'] }, atMost: '40' };
    const document = {
      ...SMALL_RULEBOOK,
      tiers: SMALL_RULEBOOK.tiers.map((tier) => ({
        ...tier,
        ...(tier.code === 'SILVER' && { requirement: share }),
      })),
    };
    const problems = [
      {
        path: '/tiers/1/requirement/atMost',
        message:
          'This measure is from 0 to 1, so every value is at most 40, and the bound decides nothing. 40 % is written "0.4".',
      },
    ];
    expect(await saveDraft('bounds', document)).toMatchObject({ refused: 'RULEBOOK_INVALID', problems });
    // Saved when nothing refused it yet.
    const { prisma } = moving.app.database;
    const draft = await newDraft('bounds', SMALL_RULEBOOK);
    await prisma.rulebook.update({ where: { id: draft }, data: { document } });
    expect(await publishOn(draft, '2026-04-01')).toMatchObject({ refused: 'NOT_PUBLISHABLE', problems });
    // Published when nothing refused it yet: a process that starts reads it, and judges by it.
    await prisma.rulebook.updateMany({
      where: { program: { code: 'bounds' }, state: 'PUBLISHED' },
      data: { document },
    });
    const { byCode } = await createProgramCatalogue(moving.app.database).current();
    const [rulebook] = byCode.get('bounds')?.rulebooks ?? [];
    if (rulebook === undefined) throw new Error('It is published.');
    const published = { id: rulebook.id, effectiveFrom: day('2020-01-01'), rulebook: rulebook.rulebook };
    const partner = { ...partnerWith([]), rulebooks: [published] };
    expect(judgePartner(partner, day('2026-03-01')).status.tier).toBe('SILVER');
  });
});

describe('rule 10: currencies', () => {
  test('rule 10: one that no rulebook knows is refused, one that is in use cannot be dropped', async () => {
    await createSmallProgram(moving.app, 'money');
    await enroll(moving.app, ['M'], 'money');
    const record = async (externalId: string, currency: string) => {
      const fact = revenue(externalId, 'M', '10', '2026-02-01');
      const { rows } = granted(
        await recordFacts(moving.app, {
          program: 'money',
          source: 's',
          facts: [{ ...fact, detail: { type: 'revenue', amount: '10', currency, attributes: [] } }],
          onError: 'SKIP_ROW',
        }),
      );
      return rows.map((row) => (row.type === 'REJECTED' ? `${row.code} ${row.path}` : row.type));
    };
    const table = (equal: object) => ({
      currencies: [{ from: '2020-01-01', equal: { EUR: '1', ...equal } }],
    });
    expect(await record('m-1', 'USD')).toEqual(['RECORDED']);
    expect(await record('m-2', 'CHF')).toEqual(['UNKNOWN_CURRENCY facts[0].detail.revenue.currency']);
    // A draft is nobody's rulebook yet; one that is published to come is.
    const withFrancs = await newDraft('money', withSilver('100', table({ USD: '1.1', CHF: '0.9' })));
    expect(await record('m-2', 'CHF')).toEqual(['UNKNOWN_CURRENCY facts[0].detail.revenue.currency']);
    granted(await publishOn(withFrancs, '2026-05-01'));
    expect(await record('m-2', 'CHF')).toEqual(['RECORDED']);
    expect(await record('m-3', 'JPY')).toEqual(['UNKNOWN_CURRENCY facts[0].detail.revenue.currency']);

    const withoutFrancs = await newDraft('money', withSilver('100', table({ USD: '1.1' })));
    expect(await publishOn(withoutFrancs, '2026-06-01')).toMatchObject({
      refused: 'NOT_PUBLISHABLE',
      message: "The document can't be published as it is. There are facts in CHF, which no table converts.",
      problems: [{ path: '/currencies', message: 'There are facts in CHF, which no table converts.' }],
    });
    granted(await saveDraft('money', withSilver('100', table({ USD: '1.1', CHF: '0.8' })), withoutFrancs));
    granted(await publishOn(withoutFrancs, '2026-06-01'));
    await moving.judgeDue();
    expect(await findFaults(moving.app, 'money')).toEqual([]);
  });
});

describe('rule 23: from draft to rulebook', () => {
  test('rule 23: a programme without log entries may start in the past, one with some not before today', async () => {
    await createSmallProgram(moving.app, 'starts');
    // Nobody is a member yet, so nothing was logged.
    await publish(moving.app, 'starts', withSilver('200'), '2025-01-01');
    const [id = ''] = await enroll(moving.app, ['A'], 'starts');
    expect((await moving.standing(id, '2024-12-31')).status.rulebookId).not.toBe(
      (await moving.standing(id, '2025-01-01')).status.rulebookId,
    );
    const draft = await newDraft('starts', withSilver('300'));
    expect(await publishOn(draft, '2026-02-28')).toMatchObject({
      refused: 'NOT_PUBLISHABLE',
      message: "It can't take effect before today, 2026-03-01.",
      problems: [],
    });
    granted(await publishOn(draft, '2026-03-01'));
  });

  test('rule 23: each takes effect after every one published, and never changes or is published again', async () => {
    await createSmallProgram(moving.app, 'order');
    const first = await publish(moving.app, 'order', withSilver('200'), '2026-06-01');
    const draft = await newDraft('order', withSilver('300'));
    for (const on of ['2026-03-01', '2026-05-31', '2026-06-01']) {
      expect(await publishOn(draft, on)).toMatchObject({
        refused: 'NOT_PUBLISHABLE',
        message: 'It has to take effect after 2026-06-01, when the latest rulebook does.',
      });
    }
    granted(await publishOn(draft, '2026-06-02'));
    const other = await newDraft('starts', SMALL_RULEBOOK);
    const before = await stored();
    expect(await publishOn(draft, '2026-07-01')).toMatchObject({ refused: 'NOT_A_DRAFT' });
    expect(await publishOn(NOBODY, '2026-07-01')).toMatchObject({ refused: 'RULEBOOK_NOT_FOUND' });
    for (const published of [first, draft]) {
      expect(await saveDraft('order', SMALL_RULEBOOK, published)).toMatchObject({ refused: 'NOT_A_DRAFT' });
    }
    // Another programme's draft is none of this one's.
    expect(await saveDraft('order', withSilver('5'), other)).toMatchObject({ refused: 'RULEBOOK_NOT_FOUND' });
    expect(await stored()).toBe(before);
  });

  test('rule 35: what did not take effect yet can be withdrawn, the latest first, and all partners are judged without it', async () => {
    await createSmallProgram(moving.app, 'withdraws');
    const [id = ''] = await enroll(moving.app, ['A'], 'withdraws');
    await moving.record([revenue('r', 'A', '150', '2026-02-01')], 'withdraws');
    const renamed = withSilver('200', { remap: { GOLD: 'TOP' } });
    const [base, silver, gold] = renamed.tiers;
    const middle = await publish(
      moving.app,
      'withdraws',
      { ...renamed, tiers: [base, silver, { ...gold, code: 'TOP' }] },
      '2026-03-10',
    );
    const last = await publish(
      moving.app,
      'withdraws',
      withSilver('300', { remap: { TOP: 'GOLD' } }),
      '2026-03-20',
    );
    await moving.judgeDue();
    expect((await moving.rowOf(id)).nextChangeOn).toBe(day('2026-03-10'));

    const draft = await newDraft('withdraws', SMALL_RULEBOOK);
    const before = await stored();
    // The last one says what becomes of the middle one's tiers, and knows nothing of those before.
    expect(await withdrawRulebook(moving.app, { rulebook: middle, reason: 'A wrong hurdle.' })).toMatchObject(
      { refused: 'NOT_WITHDRAWABLE' },
    );
    expect(await withdrawRulebook(moving.app, { rulebook: NOBODY, reason: 'A wrong hurdle.' })).toMatchObject(
      { refused: 'RULEBOOK_NOT_FOUND' },
    );
    expect(await withdrawRulebook(moving.app, { rulebook: draft, reason: 'A wrong hurdle.' })).toMatchObject({
      refused: 'NOT_WITHDRAWABLE',
      message: 'This rulebook is a draft; only a published one can be withdrawn.',
    });
    expect(await stored()).toBe(before);

    granted(await withdrawRulebook(moving.app, { rulebook: last, reason: 'A wrong hurdle.' }));
    expect(await withdrawRulebook(moving.app, { rulebook: last, reason: 'A wrong hurdle.' })).toMatchObject({
      refused: 'NOT_WITHDRAWABLE',
      message: 'This rulebook was withdrawn before.',
    });
    moving.goTo('2026-03-09');
    granted(await withdrawRulebook(moving.app, { rulebook: middle, reason: 'A wrong hurdle.' }));
    await moving.judgeDue();
    moving.goTo('2026-03-25');
    await moving.judgeDue();
    expect(await moving.logOf(id)).toEqual([
      '2026-03-01 PARTNER null ENTERED BASE since 2020-01-01',
      '2026-03-01 FACT BASE UP SILVER since 2026-02-01',
      '2026-03-01 FACT HistoryRevised 2026-02-01 2026-03-01',
    ]);
    // Its day is free again because it was withdrawn.
    await publish(moving.app, 'withdraws', withSilver('200'), '2026-03-25');
    await moving.judgeDue();
    expect((await moving.logOf(id)).at(-1)).toBe('2026-03-25 RULEBOOK SILVER DOWN BASE since 2026-03-25');
    expect(await findFaults(moving.app, 'withdraws')).toEqual([]);
  });
});
