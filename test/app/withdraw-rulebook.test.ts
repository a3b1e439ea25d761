import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { explainChange } from '../../src/engine/text/explain-change.ts';
import { findFaults } from '../support/check-standings.ts';
import {
  certificate,
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { createBareProgram, type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
});
afterAll(() => moving.close());

const REASON = 'The hurdle of Silver has a digit too many.';
function withdraw(rulebook: string) {
  return withdrawRulebook(moving.app, { rulebook, reason: REASON });
}
function hurdle(silver: string, others: object = {}) {
  return {
    ...SMALL_RULEBOOK,
    ...others,
    tiers: SMALL_RULEBOOK.tiers.map((tier) =>
      tier.code === 'SILVER' ? { ...tier, requirement: { measure: 'revenue', atLeast: silver } } : tier,
    ),
  };
}
const [base, silver, gold] = SMALL_RULEBOOK.tiers;
/** The highest tier goes by another name, and so does the specialization. */
const RENAMED = {
  ...SMALL_RULEBOOK,
  tiers: [
    base,
    silver,
    {
      ...gold,
      code: 'TOP',
      name: { en: 'Top', de: 'Spitze' },
      requirement: { measure: 'revenue', atLeast: '1000' },
    },
  ],
  specializations: [],
  remap: { GOLD: 'TOP' },
};
async function explanationsOf(id: string): Promise<readonly string[]> {
  const entries = await moving.entriesOf(id);
  const program = (await moving.app.catalogue.current()).byId.get(entries[0]?.programId ?? '');
  const rulebooks = [...(program?.rulebooks ?? []), ...(program?.withdrawnRulebooks ?? [])];
  return entries.map(({ change }) => explainChange(change, rulebooks, 'en'));
}

describe('rule 35: a rulebook published this morning is withdrawn within the hour', () => {
  test('rule 35: tier, specializations and next change are as before, with one TierChanged there and one back', async () => {
    moving.goTo('2026-03-01T08:00:00Z');
    await createSmallProgram(moving.app, 'hasty');
    const ids = await enroll(moving.app, ['A', 'B', 'C'], 'hasty');
    await moving.record(
      [
        revenue('a', 'A', '150', '2025-06-01'),
        revenue('c', 'C', '1500', '2025-06-01'),
        certificate('v', 'C', 'ada', '2025-06-01', '2026-05-01'),
        certificate('w', 'C', 'bob', '2025-06-01', '2026-05-01'),
      ],
      'hasty',
    );
    const states = () =>
      Promise.all(
        ids.map(async (id) => {
          const { status, nextChangeOn, specializations, tierRank } = await moving.rowOf(id);
          return { status, nextChangeOn, specializations, tierRank };
        }),
      );
    const before = await states();
    const versions = await Promise.all(ids.map(async (id) => (await moving.entriesOf(id)).length));

    moving.goTo('2026-03-01T09:00:00Z');
    const wrong = await publish(
      moving.app,
      'hasty',
      { ...RENAMED, ...hurdle('1000', { remap: {} }) },
      '2026-03-01',
    );
    await moving.judgeDue();
    const [, , beliefOfC] = await Promise.all(ids.map((id) => moving.rowOf(id)));
    expect((await states()).map(({ status }) => status.tier)).toEqual(['BASE', 'BASE', 'GOLD']);

    moving.goTo('2026-03-01T09:30:00Z');
    expect(granted(await withdraw(wrong))).toEqual({ rulebookId: wrong, factsUnconverted: 0 });
    // Until it is judged anew, a row still rests on what was withdrawn, and can be read.
    expect((await moving.standing(ids[0] ?? '')).status.rulebookId).toBe(wrong);
    await moving.judgeDue();
    expect(await states()).toEqual(before);

    const [logOfA, logOfB, logOfC] = await Promise.all(
      ids.map(async (id, index) => (await moving.logOf(id)).slice(versions[index])),
    );
    expect(logOfA).toEqual([
      '2026-03-01 RULEBOOK SILVER DOWN BASE since 2026-03-01',
      '2026-03-01 RULEBOOK BASE UP SILVER since 2025-06-01',
    ]);
    expect(logOfB).toEqual([]);
    expect(logOfC).toEqual([]);
    expect((await explanationsOf(ids[0] ?? '')).slice(-2)).toEqual([
      'On 2026-03-01 the tier fell from Silver to Base because of a new rulebook.',
      'On 2026-03-01 the tier rose from Base to Silver because the rulebook of 2026-03-01 was withdrawn. By what is known now this holds since 2025-06-01.',
    ]);
    // What was believed in between stays answerable.
    const between = beliefOfC?.lastRecordedAt ?? 0;
    expect((await moving.standing(ids[0] ?? '', '2026-03-01', between)).status).toMatchObject({
      tier: 'BASE',
      rulebookId: wrong,
    });
    expect(await findFaults(moving.app, 'hasty')).toEqual([]);
  });
});

describe('rule 35: withdrawn later', () => {
  test('rule 35: a tier that was renamed goes back by the remap, the past is revised, the transition is gone', async () => {
    moving.goTo('2026-03-01');
    await createSmallProgram(moving.app, 'renamed');
    const [id = ''] = await enroll(moving.app, ['A'], 'renamed');
    await moving.record(
      [revenue('a', 'A', '1500', '2026-02-01'), certificate('v', 'A', 'ada', '2026-02-01', null)],
      'renamed',
    );
    const logged = (await moving.entriesOf(id)).length;
    const transition = { mode: 'FLOOR', until: '2026-06-01' };
    const next = await publish(moving.app, 'renamed', { ...RENAMED, transition }, '2026-03-05');
    await moving.liveUntil('2026-03-10');
    granted(await withdraw(next));
    await moving.judgeDue();
    expect((await moving.logOf(id)).slice(logged)).toEqual([
      '2026-03-05 RULEBOOK GOLD REMAPPED TOP since 2026-03-05',
      '2026-03-05 RULEBOOK SpecializationLapsed VIDEO since 2026-03-05',
      '2026-03-10 RULEBOOK TOP REMAPPED GOLD since 2026-02-01',
      '2026-03-10 RULEBOOK SpecializationEarned VIDEO since 2026-02-01',
      '2026-03-10 RULEBOOK HistoryRevised 2026-03-05 2026-03-10',
    ]);
    expect((await explanationsOf(id)).slice(-3)).toEqual([
      'On 2026-03-10 the tier Top became Gold because the rulebook of 2026-03-05 was withdrawn. By what is known now this holds since 2026-02-01.',
      'On 2026-03-10 the specialization Video was earned because the rulebook of 2026-03-05 was withdrawn.',
      'The days from 2026-03-05 to 2026-03-09 are now judged differently because the rulebook of 2026-03-05 was withdrawn.',
    ]);
    expect(await findFaults(moving.app, 'renamed')).toEqual([]);
  });

  test('rule 35: two withdrawn before anything was judged lead back in one step', async () => {
    moving.goTo('2026-03-01');
    await createSmallProgram(moving.app, 'twice');
    const [id = ''] = await enroll(moving.app, ['A'], 'twice');
    await moving.record(
      [revenue('a', 'A', '1500', '2026-02-01'), certificate('v', 'A', 'ada', '2026-02-01', null)],
      'twice',
    );
    const logged = (await moving.entriesOf(id)).length;
    const second = await publish(moving.app, 'twice', RENAMED, '2026-03-02');
    const third = await publish(
      moving.app,
      'twice',
      { ...RENAMED, tiers: [base, { ...silver, code: 'PEAK' }], remap: { SILVER: 'PEAK', TOP: 'PEAK' } },
      '2026-03-03',
    );
    await moving.liveUntil('2026-03-04');
    granted(await withdraw(third));
    granted(await withdraw(second));
    await moving.judgeDue();
    expect((await moving.logOf(id)).slice(logged).filter((line) => !line.includes('Special'))).toEqual([
      '2026-03-02 RULEBOOK GOLD REMAPPED TOP since 2026-03-02',
      '2026-03-03 RULEBOOK TOP REMAPPED PEAK since 2026-03-03',
      '2026-03-04 RULEBOOK PEAK REMAPPED TOP since 2026-03-02',
      '2026-03-04 RULEBOOK HistoryRevised 2026-03-03 2026-03-04',
      '2026-03-04 RULEBOOK TOP REMAPPED GOLD since 2026-02-01',
      '2026-03-04 RULEBOOK HistoryRevised 2026-03-02 2026-03-04',
    ]);
    expect(await findFaults(moving.app, 'twice')).toEqual([]);
  });

  test('rules 23 and 35: without one before it there is no tier, and the programme may start in the past again', async () => {
    moving.goTo('2026-03-01');
    await createBareProgram(moving.app, 'first');
    const first = await publish(moving.app, 'first', hurdle('100'), '2026-01-01');
    const [id = ''] = await enroll(moving.app, ['A'], 'first');
    await moving.record([revenue('a', 'A', '150', '2026-02-01')], 'first');
    granted(await withdraw(first));
    await moving.judgeDue();
    expect((await moving.rowOf(id)).status).toMatchObject({ tier: null, rulebookId: null });
    expect((await explanationsOf(id)).slice(-2)).toEqual([
      'On 2026-03-01 the tier Silver ended because the rulebook of 2026-01-01 was withdrawn.',
      'The days from 2026-01-01 to 2026-02-28 are now judged differently because the rulebook of 2026-01-01 was withdrawn.',
    ]);
    await publish(moving.app, 'first', hurdle('200'), '2026-02-01');
    await moving.judgeDue();
    expect((await moving.logOf(id)).slice(-2)).toEqual([
      '2026-03-01 RULEBOOK null ENTERED BASE since 2026-02-01',
      '2026-03-01 RULEBOOK HistoryRevised 2026-02-01 2026-03-01',
    ]);
    expect(await findFaults(moving.app, 'first')).toEqual([]);
  });

  test('rule 35: the next one is published only when all partners have been judged; the refusal names the progress', async () => {
    moving.goTo('2026-03-01');
    await createSmallProgram(moving.app, 'waits');
    await enroll(moving.app, ['A', 'B'], 'waits');
    const wrong = await publish(moving.app, 'waits', hurdle('200'), '2026-03-01');
    await moving.judgeDue();
    granted(await withdraw(wrong));
    // One is judged by the way, as it is written to.
    await moving.record([revenue('a', 'A', '150', '2026-02-01')], 'waits');
    const { rulebookId } = granted(
      await saveRulebookDraft(moving.app, { program: 'waits', document: hurdle('300'), draft: null }),
    );
    const again = { rulebook: rulebookId, effectiveFrom: day('2026-03-02') };
    expect(await publishRulebook(moving.app, again)).toEqual({
      refused: 'NOT_PUBLISHABLE',
      message: expect.stringMatching(
        /^Of 2 partners 1 have been judged after the withdrawal of 2026-03-01T[\d:.]+Z; publish once all have been\.$/,
      ),
      problems: [],
    });
    await moving.judgeDue();
    granted(await publishRulebook(moving.app, again));
  });
});

test('rule 36: an override whose tier no rulebook has does not count, and counts again when one has it', async () => {
  moving.goTo('2026-03-01');
  await createSmallProgram(moving.app, 'by-hand');
  const [id = ''] = await enroll(moving.app, ['A'], 'by-hand');
  const next = await publish(moving.app, 'by-hand', RENAMED, '2026-03-01');
  await moving.judgeDue();
  granted(
    await overrideTier(moving.app, {
      program: 'by-hand',
      partner: 'A',
      tier: 'TOP',
      firstOn: day('2026-03-01'),
      endsOn: day('2026-12-01'),
      reason: 'A promise.',
      actor: 'kim',
    }),
  );
  granted(await withdraw(next));
  await moving.judgeDue();
  expect((await moving.rowOf(id)).status).toMatchObject({ tier: 'BASE', holds: [] });
  await publish(moving.app, 'by-hand', RENAMED, '2026-03-02');
  await moving.liveUntil('2026-03-02');
  expect((await moving.rowOf(id)).status).toMatchObject({ tier: 'TOP' });
  expect((await moving.logOf(id)).slice(1).filter((line) => !line.includes('Hold'))).toEqual([
    '2026-03-01 OVERRIDE BASE UP TOP since 2026-03-01',
    '2026-03-01 RULEBOOK TOP DOWN BASE since 2020-01-01',
    '2026-03-02 RULEBOOK BASE UP TOP since 2026-03-02',
  ]);
  expect(await findFaults(moving.app, 'by-hand')).toEqual([]);
});

test('rule 35: facts in a currency that nothing converts any more are counted as such, and left out where their value is read', async () => {
  moving.goTo('2026-03-01');
  await createSmallProgram(moving.app, 'francs');
  const [id = ''] = await enroll(moving.app, ['A'], 'francs');
  const currencies = [{ from: '2000-01-01', equal: { EUR: '1', USD: '1.25', CHF: '1' } }];
  const next = await publish(moving.app, 'francs', hurdle('100', { currencies }), '2026-03-01');
  await moving.judgeDue();
  const inFrancs = {
    ...revenue('f', 'A', '150', '2026-02-01'),
    detail: { type: 'revenue', amount: '150', currency: 'CHF', attributes: [] },
  } as const;
  const record = async () => {
    const { rows } = granted(
      await recordFacts(moving.app, {
        program: 'francs',
        source: 's',
        facts: [inFrancs],
        onError: 'SKIP_ROW',
      }),
    );
    return rows.map((row) => row.type);
  };
  expect(await record()).toEqual(['RECORDED']);
  expect((await moving.rowOf(id)).status.tier).toBe('SILVER');
  expect(granted(await withdraw(next))).toEqual({ rulebookId: next, factsUnconverted: 1 });
  await moving.judgeDue();
  expect((await moving.rowOf(id)).status.tier).toBe('BASE');
  // Nothing new is taken in that currency; what is there stays a duplicate.
  expect(await record()).toEqual(['DUPLICATE']);
});
