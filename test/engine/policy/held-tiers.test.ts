import { describe, expect, test } from 'vitest';
import type { TierProof } from '../../../src/engine/judging/standing.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { Override, PartnerEntry, PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import { judgePartner, rebuildStanding, standingBasis } from '../../../src/engine/policy/judge-partner.ts';
import { computeHistory, computeTimeline } from '../../../src/engine/policy/timeline.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { explainRequirement } from '../../../src/engine/text/explain-requirement.ts';
import { formatDecimal } from '../../../src/engine/values/fraction.ts';
import { day, factory, partnerWith, rulebookOf } from '../support/measuring.ts';
import { describeTimeline } from '../support/policy-inputs.ts';

/** The latest number of users, and of hours of usage, decides from its day on. */
const latest = (kind: string) => ({
  metric: { fact: kind, aggregate: 'LATEST', window: { allTime: true } },
  otherwise: '0',
});
const users = (atLeast: string) => ({ measure: latest('users'), atLeast });
const name = (en: string) => ({ en, de: en });
const SILVER = { code: 'SILVER', name: name('Silver'), requirement: users('50') };
const GOLD = { code: 'GOLD', name: name('Gold'), requirement: users('100') };
const FORFEIT = { measure: latest('usage'), atLeast: '1' };

function published(
  from: string,
  tiers: readonly unknown[],
  parts: Readonly<Record<string, unknown>> = {},
): PublishedRulebook {
  const base = { code: 'BASE', name: name('Base') };
  const rulebook = rulebookOf({ format: 2, tiers: [base, ...tiers], ...parts });
  return { id: from, effectiveFrom: day(from), rulebook };
}

type Given = Readonly<Record<string, number>>;

/** A partner since 2026-01-01 with what is said of users and of usage on some days. */
function partner(
  rulebooks: readonly PublishedRulebook[],
  given: Given,
  usage: Given = {},
  more: Partial<PartnerInputs> = {},
): PartnerInputs {
  const fact = factory();
  const facts = (kind: string, values: Given): Fact[] =>
    Object.entries(values).map(([on, value]) => fact(kind, { on, value: String(value) }));
  const enrolledOn = day('2026-01-01');
  const whole = partnerWith([...facts('users', given), ...facts('usage', usage)], {
    firstOn: enrolledOn,
    enrolledOn,
  });
  return { ...whole, rulebooks, ...more };
}

function proofOn(of: PartnerInputs, on: string, tier = 'GOLD'): TierProof {
  const standing = judgePartner(of, day(on));
  const found = standing.proof.find((each) => each.tier === tier);
  if (found === undefined) throw new Error(`no proof of ${tier}`);
  // What is stored of a standing is enough to prove it again.
  const kept = JSON.parse(JSON.stringify(standingBasis(of, day(on), computeHistory(of))));
  expect(rebuildStanding({ rulebooks: of.rulebooks, ...kept })).toEqual(standing);
  return found;
}

const outcomes = ({ outcome, requirement, retain, forfeit, isRetainable }: TierProof) => ({
  outcome,
  requirement: requirement?.outcome,
  retain: retain?.outcome,
  forfeit: forfeit?.outcome,
  isRetainable,
});

const override = (firstOn: string, endsOn: string, of: PublishedRulebook): Override => ({
  id: 'o1',
  tier: 'GOLD',
  rulebookId: of.id,
  firstOn: day(firstOn),
  endsOn: day(endsOn),
  reason: 'because',
  actor: 'ada',
});

describe('rule 47: retain', () => {
  const kept = { ...GOLD, retain: users('80') };
  const rules = published('2020-01-01', [SILVER, kept]);
  const falling = partner([rules], {
    '2026-01-10': 100,
    '2026-02-01': 80,
    '2026-03-01': 79,
    '2026-04-01': 99,
    '2026-05-01': 100,
  });

  test('keeps a tier that is held, and does not give it to who does not', () => {
    expect(describeTimeline(computeTimeline(falling))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-03-01 SILVER',
      '2026-05-01 GOLD',
    ]);
  });

  test('stands beside the requirement in the proof', () => {
    const gained = { outcome: 'MET', requirement: 'MET', retain: 'MET' };
    expect(outcomes(proofOn(falling, '2026-01-10'))).toMatchObject({ ...gained, isRetainable: false });
    expect(outcomes(proofOn(falling, '2026-01-11'))).toMatchObject({ ...gained, isRetainable: true });
    expect(outcomes(proofOn(falling, '2026-02-15'))).toEqual({
      outcome: 'MET',
      requirement: 'UNMET',
      retain: 'MET',
      forfeit: undefined,
      isRetainable: true,
    });
    expect(outcomes(proofOn(falling, '2026-04-15'))).toMatchObject({
      outcome: 'UNMET',
      requirement: 'UNMET',
      retain: 'MET',
      isRetainable: false,
    });
  });

  test('says what is missing to retain a tier on the day it is lost, and to gain it afterwards', () => {
    const missing = (on: string) =>
      judgePartner(falling, day(on)).next?.missing.map((proof) =>
        proof.type === 'THRESHOLD' && proof.shortfall !== null
          ? [proof.path, formatDecimal(proof.shortfall, 4)]
          : proof.type,
      );
    expect(missing('2026-03-01')).toEqual([['/tiers/2/retain', '1']]);
    expect(missing('2026-03-02')).toEqual([['/tiers/2/requirement', '21']]);
    expect(missing('2026-04-15')).toEqual([['/tiers/2/requirement', '1']]);
  });

  test('a review of an earlier day goes by what was held the day before that', () => {
    const review = { calendar: { daysOfYear: ['07-01'] }, measuredDaysBefore: 31 };
    const policy = { demotion: { mode: 'ON_REVIEW', review, step: 'WHOLE' } };
    const reviewed = partner([published('2020-01-01', [SILVER, kept], { policy })], {
      '2026-01-10': 100,
      '2026-05-15': 85,
      '2026-06-15': 79,
    });
    expect(describeTimeline(computeTimeline(reviewed))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-06-15 GOLD (computed SILVER) REVIEW until 2027-07-01',
      '2027-07-01 SILVER',
    ]);
  });

  test('the first day of a rulebook goes by the remapped tier of the day before, also beside a transition', () => {
    const top = { ...kept, code: 'TOP', requirement: users('1000') };
    for (const transition of [undefined, { mode: 'FLOOR', until: '2026-07-01' }]) {
      const remap = { GOLD: 'TOP', SILVER: 'SILVER' };
      const parts = { remap, ...(transition && { transition }) };
      const of = partner([rules, published('2026-06-01', [SILVER, top], parts)], { '2026-01-10': 100 });
      expect(describeTimeline(computeTimeline(of)).at(-1)).toBe('2026-06-01 TOP');
    }
  });

  test('neither overrides nor floors are held, nor is anything from before the membership', () => {
    const set = partner(
      [rules],
      { '2026-01-10': 85 },
      {},
      {
        overrides: [override('2026-02-01', '2026-03-01', rules)],
      },
    );
    expect(describeTimeline(computeTimeline(set))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 SILVER',
      '2026-02-01 GOLD (computed SILVER) OVERRIDE until 2026-03-01',
      '2026-03-01 SILVER',
    ]);
    const [entry] = set.entries;
    if (entry === undefined) throw new Error('An entry.');
    const anew: PartnerEntry[] = [
      { ...entry, leftOn: day('2026-06-01') },
      { ...entry, firstOn: day('2026-06-01'), enrolledOn: day('2026-06-01') },
    ];
    const again = partner([rules], { '2026-01-10': 100, '2026-05-01': 85 }, {}, { entries: anew });
    expect(describeTimeline(computeTimeline(again))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-06-01 SILVER',
    ]);
  });

  test('is any-of: what the data leave open stays open, unless the other is met', () => {
    const open = { ...latest('usage'), otherwise: undefined };
    const { otherwise: _, ...undecided } = open;
    const rule = published('2020-01-01', [{ ...GOLD, retain: { measure: undecided, atLeast: '1' } }]);
    const of = partner([rule], { '2026-01-10': 100, '2026-02-01': 0 });
    expect(outcomes(proofOn(of, '2026-02-01'))).toMatchObject({
      outcome: 'INSUFFICIENT_DATA',
      requirement: 'UNMET',
      retain: 'INSUFFICIENT_DATA',
      isRetainable: true,
    });
  });
});

describe('rule 47: forfeit', () => {
  const lost = { ...GOLD, forfeit: FORFEIT };
  const policy = { demotion: { mode: 'GRACE', grace: { days: 90 }, step: 'WHOLE' }, lock: { months: 12 } };
  const rules = published('2020-01-01', [SILVER, lost], { policy });
  const usage = { '2026-02-01': 1, '2026-03-01': 0 };

  test('takes the tier at once, also under a lock, and gives it back when it ends', () => {
    const of = partner([rules], { '2026-01-10': 100 }, usage);
    expect(describeTimeline(computeTimeline(of))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-02-01 SILVER',
      '2026-03-01 GOLD',
    ]);
    expect(outcomes(proofOn(of, '2026-02-15'))).toMatchObject({
      outcome: 'UNMET',
      requirement: 'MET',
      forfeit: 'MET',
    });
    const { next, computedNext } = judgePartner(of, day('2026-02-15'));
    expect(next).toMatchObject({ tier: 'GOLD', missing: [], forfeits: [{ path: '/tiers/2/forfeit' }] });
    expect(computedNext).toEqual(next);
  });

  test('is for good: a tier that only policy held does not come back', () => {
    const of = partner([rules], { '2026-01-10': 100, '2026-01-20': 60 }, usage);
    expect(describeTimeline(computeTimeline(of))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-01-20 GOLD (computed SILVER) LOCK until 2026-02-01 GRACE until 2026-02-01',
      '2026-02-01 SILVER',
    ]);
  });

  test('of the lowest tier that is forfeited, the tier below is the most', () => {
    const both = [{ ...SILVER, forfeit: FORFEIT }, lost];
    const of = partner([published('2020-01-01', both)], { '2026-01-10': 100 }, usage);
    expect(describeTimeline(computeTimeline(of))).toEqual([
      '2026-01-01 BASE',
      '2026-01-10 GOLD',
      '2026-02-01 BASE',
      '2026-03-01 GOLD',
    ]);
    expect(judgePartner(of, day('2026-02-15')).next).toMatchObject({ tier: 'SILVER', forfeits: [{}] });
  });

  test('an override stands', () => {
    const overrides = [override('2026-02-10', '2026-02-20', rules)];
    const of = partner([rules], { '2026-01-10': 100 }, usage, { overrides });
    expect(describeTimeline(computeTimeline(of)).slice(2)).toEqual([
      '2026-02-01 SILVER',
      '2026-02-10 GOLD (computed SILVER) OVERRIDE until 2026-02-20',
      '2026-02-20 SILVER',
      '2026-03-01 GOLD',
    ]);
  });

  test('the floor of a transition returns afterwards', () => {
    const next = { ...lost, requirement: users('1000') };
    const transition = { mode: 'FLOOR', until: '2027-01-01' };
    const later = published('2026-06-01', [SILVER, next], { transition });
    const of = partner([rules, later], { '2026-01-10': 100 }, { '2026-07-01': 1, '2026-08-01': 0 });
    expect(describeTimeline(computeTimeline(of)).slice(2)).toEqual([
      '2026-06-01 GOLD (computed SILVER) TRANSITION until 2026-07-01',
      '2026-07-01 SILVER',
      '2026-08-01 GOLD (computed SILVER) TRANSITION until 2027-01-01',
      '2027-01-01 SILVER',
    ]);
  });

  test('beside BOTH no older rulebook gives what the newest forfeits', () => {
    const old = published('2020-01-01', [SILVER, GOLD]);
    const transition = { mode: 'BOTH', until: '2027-01-01' };
    const later = published('2026-06-01', [SILVER, { ...lost, requirement: users('1000') }], { transition });
    const of = partner([old, later], { '2026-01-10': 100 }, { '2026-07-01': 1, '2026-08-01': 0 });
    expect(describeTimeline(computeTimeline(of)).slice(1)).toEqual([
      '2026-01-10 GOLD',
      '2026-07-01 SILVER',
      '2026-08-01 GOLD',
      '2027-01-01 SILVER',
    ]);
  });
});

describe('rule 48: held', () => {
  const legend = (length: unknown, held = 'GOLD') => ({
    code: 'LEGEND',
    name: { en: 'Legend', de: 'Legende' },
    requirement: { held, ...Object(length) },
  });
  const monthLong = published('2020-01-01', [SILVER, GOLD, legend({ for: { months: 1 } })]);

  test('without a break: the first day of which every day of the months before was held', () => {
    const of = partner([monthLong], { '2026-01-31': 100 });
    // From 28 February a month leads back to 28 January, and from 1 March to 1 February.
    expect(describeTimeline(computeTimeline(of))).toEqual([
      '2026-01-01 BASE',
      '2026-01-31 GOLD',
      '2026-03-01 LEGEND',
    ]);
    expect(judgePartner(of, day('2026-02-28')).nextChangeOn).toBe(day('2026-03-01'));
  });

  test('a break begins it anew, and a higher tier counts', () => {
    const of = partner([monthLong], {
      '2026-01-31': 100,
      '2026-02-20': 60,
      '2026-02-21': 100,
      '2026-05-01': 0,
    });
    expect(describeTimeline(computeTimeline(of)).slice(1)).toEqual([
      '2026-01-31 GOLD',
      '2026-02-20 SILVER',
      '2026-02-21 GOLD',
      '2026-03-21 LEGEND',
    ]);
  });

  test('in all: days are added up over breaks, and days without membership neither count nor take away', () => {
    const rules = published('2020-01-01', [SILVER, GOLD, legend({ total: { days: 10 } })]);
    const counted = { '2026-01-10': 100, '2026-01-15': 0, '2026-02-01': 100 };
    expect(describeTimeline(computeTimeline(partner([rules], counted))).slice(1)).toEqual([
      '2026-01-10 GOLD',
      '2026-01-15 BASE',
      '2026-02-01 GOLD',
      '2026-02-06 LEGEND',
    ]);
    const [entry] = partner([rules], {}).entries;
    if (entry === undefined) throw new Error('An entry.');
    const entries = [
      { ...entry, leftOn: day('2026-02-03') },
      { ...entry, firstOn: day('2026-04-01'), enrolledOn: day('2026-04-01') },
    ];
    const left = describeTimeline(computeTimeline(partner([rules], counted, {}, { entries })));
    expect(left.slice(4)).toEqual(['2026-02-03 none', '2026-04-01 GOLD', '2026-04-04 LEGEND']);
  });

  test('says since when, for how many days, and from when on that is long enough', () => {
    const of = partner([monthLong], { '2026-01-31': 100 });
    const { requirement } = proofOn(of, '2026-02-10', 'LEGEND');
    expect(requirement).toMatchObject({
      type: 'HELD',
      outcome: 'UNMET',
      tier: 'GOLD',
      since: day('2026-01-31'),
      days: 10,
      metOn: day('2026-03-01'),
    });
    if (requirement === null) throw new Error('a requirement');
    const texts = (['en', 'de'] as const).map((locale) =>
      explainRequirement(requirement, monthLong.rulebook, locale),
    );
    expect(texts).toEqual([
      'Legend needs Gold or higher for at least 1 month without a break; it has been held since 2026-01-31; without a break that is enough on 2026-03-01.',
      'Für Legende nötig: Gold oder höher seit mindestens 1 Monat ohne Unterbrechung; gehalten seit 31.01.2026, ununterbrochen erreicht ab dem 01.03.2026.',
    ]);
    expect(proofOn(of, '2026-03-01', 'LEGEND').requirement).toMatchObject({ outcome: 'MET', metOn: null });
    expect(proofOn(of, '2026-01-31', 'LEGEND').requirement).toMatchObject({ since: null, days: 0 });
  });

  test('counts for specializations and by name, and leads through a remap', () => {
    const old = published('2020-01-01', [SILVER, GOLD]);
    const requirements = {
      tenure: { name: name('Tenure'), requirement: { held: 'TOP', total: { days: 40 } } },
    };
    const specializations = [{ code: 'S', name: name('S'), requirement: { requirement: 'tenure' } }];
    const parts = { requirements, specializations, remap: { GOLD: 'TOP' } };
    const later = published('2026-02-01', [SILVER, { ...GOLD, code: 'TOP' }], parts);
    const of = partner([old, later], { '2026-01-10': 100 });
    const held = (on: string) => judgePartner(of, day(on)).status.specializations;
    expect([held('2026-02-18'), held('2026-02-19')]).toEqual([[], ['S']]);
  });
});

test('reviews of days before the last one may move a tier for ever by what they did: it ends all the same', () => {
  const review = { calendar: { daysOfMonth: [1] }, measuredDaysBefore: 45 };
  const policy = {
    promotion: { mode: 'ON_REVIEW', review },
    demotion: { mode: 'ON_REVIEW', review, step: 'WHOLE' },
  };
  const rules = published('2020-01-01', [{ ...GOLD, retain: users('80') }], { policy });
  // For so short a time that the reviews in between see both.
  const of = partner([rules], { '2026-01-10': 100, '2026-02-01': 85 });
  const timeline = computeTimeline(of);
  const tiers = timeline.map(({ status }) => status.tier).filter((tier, at, all) => tier !== all[at - 1]);
  expect([tiers.slice(0, 6), tiers.length > 100, tiers.length < 1_100]).toEqual([
    ['BASE', 'GOLD', 'BASE', 'GOLD', 'BASE', 'GOLD'],
    true,
    true,
  ]);
});

describe('rule 51: a start', () => {
  const since = day('2025-01-01');
  const withStart = (rulebooks: readonly PublishedRulebook[], given: Given, tier = 'GOLD') => {
    const whole = partner(rulebooks, given);
    return { ...whole, entries: whole.entries.map((entry) => ({ ...entry, start: { tier, since } })) };
  };

  test('is held from the first day without a lock, and a term begins with that day', () => {
    const demotion = { mode: 'ON_REVIEW', review: { calendar: { term: { months: 12 } } } };
    const rules = published('2020-01-01', [SILVER, GOLD], { policy: { demotion, lock: { months: 36 } } });
    expect(describeTimeline(computeTimeline(withStart([rules], {})))).toEqual([
      '2026-01-01 GOLD (computed BASE) REVIEW until 2027-01-01',
      '2027-01-01 BASE',
    ]);
  });

  test('the days since then count as held, and may be retained', () => {
    const legend = {
      code: 'LEGEND',
      name: name('Legend'),
      requirement: { held: 'GOLD', for: { months: 12 } },
    };
    const rules = published('2020-01-01', [SILVER, GOLD, legend]);
    expect(describeTimeline(computeTimeline(withStart([rules], {})))).toEqual(['2026-01-01 LEGEND']);
    const kept = published('2020-01-01', [{ ...GOLD, retain: users('80') }]);
    expect(describeTimeline(computeTimeline(withStart([kept], { '2025-12-01': 80 })))).toEqual([
      '2026-01-01 GOLD',
    ]);
  });

  test('is less than what the data say, if that is higher, and nothing if no tier bears its code', () => {
    const rules = published('2020-01-01', [SILVER, GOLD]);
    const gold = { '2025-12-01': 100 };
    expect(describeTimeline(computeTimeline(withStart([rules], gold, 'SILVER')))).toEqual([
      '2026-01-01 GOLD',
    ]);
    expect(describeTimeline(computeTimeline(withStart([rules], {}, 'PEARL')))).toEqual(['2026-01-01 BASE']);
  });
});
