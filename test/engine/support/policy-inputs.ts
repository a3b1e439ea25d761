import { type Holdings, isHeldBefore, rankToRetain } from '../../../src/engine/measuring/holdings.ts';
import type { Override, PartnerEntry, Start } from '../../../src/engine/partner/partner-inputs.ts';
import type { Status, Timeline } from '../../../src/engine/partner/status.ts';
import type { ComputedTiers } from '../../../src/engine/policy/computed-tiers.ts';
import { foldPolicy } from '../../../src/engine/policy/fold-policy.ts';
import { forecast } from '../../../src/engine/policy/forecast.ts';
import { PLAIN_POLICY, type Policy, type Transition } from '../../../src/engine/rulebook/policy-rules.ts';
import type { Lookback, PublishedRulebook, Tier } from '../../../src/engine/rulebook/rulebook.ts';
import { type Day, formatDay, parseDay } from '../../../src/engine/values/day.ts';

/** The day of an ISO date; throws on any other text, so that a test can't miss its own typing error. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`Not a day: ${text}`);
  return parsed;
}

/**
 * What a computed tier is from a day on; the tiers whose data are insufficient and the specializations held,
 * if any. Every tier up to `rank` is met.
 */
export type Step = {
  readonly from: Day;
  readonly rank: number;
  readonly insufficient?: readonly number[];
  readonly specializations?: readonly string[];
  /** Ranks of tiers whose `retain` is met, and of those whose `retain` the data don't decide. */
  readonly retained?: readonly number[];
  readonly retainOpen?: readonly number[];
  /** The lowest tier that is forfeited. */
  readonly forfeited?: number | null;
  /** Met too, while the answer for one of the rulebook's spans is yes. */
  readonly byHeld?: { readonly span: number; readonly rank: number } | null;
};

/** A computed tier that changes on the given days only; before the first step it is the lowest. */
export function stepComputed(steps: readonly Step[], published: PublishedRulebook): ComputedTiers {
  const { lookback, tiers } = published.rulebook;
  return {
    on(on, held) {
      const step = steps.findLast(({ from }) => from <= on) ?? { from: on, rank: 0 };
      const cap = (step.forfeited ?? tiers.length) - 1;
      const retainable = (lookback?.retains && rankToRetain(held, on)) || 0;
      const isMet = (rank: number): boolean =>
        rank <= step.rank ||
        (rank <= retainable && (step.retained ?? []).includes(rank)) ||
        (rank === step.byHeld?.rank && isSpanMet(lookback, step.byHeld.span, held, on));
      const ranks = tiers.map((_, rank) => rank).filter((rank) => rank <= cap);
      const open = [
        ...(step.insufficient ?? []),
        ...(step.retainOpen ?? []).filter((rank) => rank <= retainable && rank > step.rank),
      ];
      return {
        rank: ranks.findLast(isMet) ?? 0,
        insufficient: new Set(open.filter((rank) => rank <= cap && (rank <= step.rank || !isMet(rank)))),
        cap,
        specializations: step.specializations ?? [],
      };
    },
    nextChangeOn: (after) => steps.find(({ from }) => from > after)?.from ?? null,
  };
}

function isSpanMet(lookback: Lookback | null, index: number, held: Holdings, on: Day): boolean {
  const span = lookback?.spans[index];
  return span !== undefined && isHeldBefore(held, span, on);
}

/** A tier of which only its code and name matter. */
export function tier(code: string, name: Tier['name'] = { en: code, de: code }): Tier {
  return { code, name, requirement: null, retain: null, forfeit: null };
}

export const TIERS = ['AUTHORIZED', 'SILVER', 'GOLD', 'PLATINUM'] as const;

/** A rulebook of which only tiers, policy, transition and remap matter. */
export function policyRulebook(
  id: string,
  effectiveFrom: Day,
  {
    tiers = TIERS,
    policy = {},
    transition = null,
    remap = {},
    lookback = null,
  }: {
    readonly tiers?: readonly string[];
    readonly policy?: Partial<Policy>;
    readonly transition?: Transition | null;
    readonly remap?: Readonly<Record<string, string>>;
    readonly lookback?: Lookback | null;
  } = {},
): PublishedRulebook {
  return {
    id,
    effectiveFrom,
    rulebook: {
      currency: 'EUR',
      fiscalYearFirstMonth: 10,
      currencies: [],
      measures: new Map(),
      requirements: new Map(),
      tiers: tiers.map((code) => tier(code)),
      specializations: [],
      policy: { ...PLAIN_POLICY, ...policy },
      transition,
      remap: new Map(Object.entries(remap)),
      scope: { metrics: new Map(), groups: new Map(), overs: new Map(), metricsByPath: new Map() },
      forEachs: [],
      variesBy: [],
      scenarios: [],
      lookback,
    },
  };
}

/** A partner as policy sees it: enrolled on a day, with a computed tier for each rulebook. */
export type PolicyInputs = {
  readonly rulebooks: readonly PublishedRulebook[];
  readonly enrolledOn: Day;
  readonly entries?: readonly PartnerEntry[];
  readonly overrides?: readonly Override[];
  readonly start?: Start | null;
  /** One list a rulebook. */
  readonly computed: readonly (readonly Step[])[];
};

/** The single entry of a partner that was enrolled on a day and, if one is given, leaves on another. */
export function entry(enrolledOn: Day, leftOn: Day | null = null): PartnerEntry {
  return {
    firstOn: enrolledOn,
    recordedAt: 0,
    region: 'EMEA',
    country: 'DE',
    attributes: {},
    enrolledOn,
    leftOn,
  };
}

/** The timeline that the engine folds, or another one in its place. */
export function timelineOf(
  { rulebooks, enrolledOn, entries, overrides = [], start = null, computed }: PolicyInputs,
  engine = { foldPolicy, forecast },
): Timeline {
  const sources = rulebooks.map((rulebook, index) => stepComputed(computed[index] ?? [], rulebook));
  const computedBy = (index: number): ComputedTiers => {
    const source = sources[index];
    if (source === undefined) throw new Error(`No computed tiers for rulebook ${index}.`);
    return source;
  };
  const known = entries ?? [entry(enrolledOn)];
  const input = { rulebooks, entries: known, overrides, start, computedBy };
  return engine.forecast(engine.foldPolicy(input).periods, rulebooks);
}

/** A status in one line: `2026-10-01 GOLD (computed SILVER) TRANSITION until 2027-10-01`. */
export function describeTimeline(timeline: Timeline): string[] {
  return timeline.map(({ from, status }) => `${formatDay(from)} ${describeStatus(status)}`);
}

export function describeStatus({ tier, computedTier, holds, risk }: Status): string {
  if (tier === null) return 'none';
  return [
    tier,
    ...(tier === computedTier ? [] : [`(computed ${computedTier})`]),
    ...holds.map(
      ({ reason, until }) => `${reason} until ${until === null ? 'further notice' : formatDay(until)}`,
    ),
    ...(risk === null ? [] : [`at risk of ${risk.tier} on ${formatDay(risk.on)}`]),
  ].join(' ');
}

/**
 * What a partner's tier does under one rulebook since 2026-01-01, where its computed tier changes on the
 * given days.
 */
export function under(
  policy: Partial<Policy>,
  steps: Readonly<Record<string, number>>,
  more: Partial<PolicyInputs> = {},
): string[] {
  const enrolledOn = day('2026-01-01');
  const computed = [Object.entries(steps).map(([from, rank]) => ({ from: day(from), rank }))];
  const rulebooks = [policyRulebook('r1', day('2020-01-01'), { policy })];
  return describeTimeline(timelineOf({ rulebooks, enrolledOn, computed, ...more }));
}
