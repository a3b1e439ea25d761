import type { Override, PartnerEntry } from '../../../src/engine/partner/partner-inputs.ts';
import type { Status, Timeline } from '../../../src/engine/partner/status.ts';
import { foldPolicy } from '../../../src/engine/policy/fold-policy.ts';
import { forecast } from '../../../src/engine/policy/forecast.ts';
import type { Computed } from '../../../src/engine/policy/policy.ts';
import { PLAIN_POLICY, type Policy, type Transition } from '../../../src/engine/rulebook/policy-rules.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { type Day, formatDay, parseDay } from '../../../src/engine/values/day.ts';

/** The day of an ISO date; throws on any other text, so that a test can't miss its own typing error. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`Not a day: ${text}`);
  return parsed;
}

/**
 * What a computed tier is from a day on; the tiers whose data are insufficient and the specializations held,
 * if any.
 */
export type Step = {
  readonly from: Day;
  readonly rank: number;
  readonly insufficient?: readonly number[];
  readonly specializations?: readonly string[];
};

/** A computed tier that changes on the given days only; before the first step it is the lowest. */
export function stepComputed(steps: readonly Step[]): Computed {
  return {
    on(on) {
      const step = steps.findLast(({ from }) => from <= on);
      return {
        rank: step?.rank ?? 0,
        insufficient: new Set(step?.insufficient),
        specializations: step?.specializations ?? [],
      };
    },
    nextChangeOn: (after) => steps.find(({ from }) => from > after)?.from ?? null,
  };
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
  }: {
    readonly tiers?: readonly string[];
    readonly policy?: Partial<Policy>;
    readonly transition?: Transition | null;
    readonly remap?: Readonly<Record<string, string>>;
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
      tiers: tiers.map((code) => ({ code, name: { en: code, de: code }, requirement: null })),
      specializations: [],
      policy: { ...PLAIN_POLICY, ...policy },
      transition,
      remap: new Map(Object.entries(remap)),
      scope: { metrics: new Map(), groups: new Map(), overs: new Map(), metricsByPath: new Map() },
      forEachs: [],
      variesBy: [],
    },
  };
}

/** A partner as policy sees it: enrolled on a day, with a computed tier for each rulebook. */
export type PolicyInputs = {
  readonly rulebooks: readonly PublishedRulebook[];
  readonly enrolledOn: Day;
  readonly entries?: readonly PartnerEntry[];
  readonly overrides?: readonly Override[];
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
  { rulebooks, enrolledOn, entries, overrides = [], computed }: PolicyInputs,
  engine = { foldPolicy, forecast },
): Timeline {
  const sources = computed.map(stepComputed);
  const computedBy = (index: number): Computed => {
    const source = sources[index];
    if (source === undefined) throw new Error(`No computed tiers for rulebook ${index}.`);
    return source;
  };
  const known = entries ?? [entry(enrolledOn)];
  return engine.forecast(engine.foldPolicy({ rulebooks, entries: known, overrides, computedBy }), rulebooks);
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
