import type { LocalizedText } from '../engine/values/language.ts';
import { demoCalendar } from './calendar.ts';

/** The six areas in which a partner can be a Solution Expert. */
export const AREAS = [
  'UC_ENTERPRISE',
  'CC_ENTERPRISE',
  'UC_MIDMARKET',
  'CC_MIDMARKET',
  'NETWORKING',
  'VIDEO',
] as const;
export type Area = (typeof AREAS)[number];

const AREA_NAMES: Readonly<Record<Area, LocalizedText>> = {
  UC_ENTERPRISE: { en: 'Unified Communications Enterprise', de: 'Unified Communications Enterprise' },
  CC_ENTERPRISE: { en: 'Contact Center Enterprise', de: 'Contact Center Enterprise' },
  UC_MIDMARKET: { en: 'Unified Communications Midmarket', de: 'Unified Communications Mittelstand' },
  CC_MIDMARKET: { en: 'Contact Center Midmarket', de: 'Contact Center Mittelstand' },
  NETWORKING: { en: 'Networking', de: 'Networking' },
  VIDEO: { en: 'Video', de: 'Video' },
};

/** The demo programme as `createProgram` takes it; decimals are strings. */
export const CONNECT_PROGRAM = {
  code: 'connect',
  name: 'Connect',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  fiscalYearFirstMonth: 10,
  satisfactionScale: { minimum: '0', maximum: '10' },
  measurementKinds: [],
} as const;

const TIER_NAMES = {
  AUTHORIZED: { en: 'Authorized', de: 'Autorisiert' },
  SILVER: { en: 'Silver', de: 'Silber' },
  GOLD: { en: 'Gold', de: 'Gold' },
  PLATINUM: { en: 'Platinum', de: 'Platin' },
} as const satisfies Record<string, LocalizedText>;
export type DemoTier = keyof typeof TIER_NAMES;
/** Lowest first. */
export const DEMO_TIERS = ['AUTHORIZED', 'SILVER', 'GOLD', 'PLATINUM'] as const satisfies readonly DemoTier[];

/**
 * What a tier asks for: EUR in 12 months, Solution Experts held, average satisfaction and how many answers
 * make one.
 */
export type Hurdles = {
  readonly revenue: string;
  readonly solutionExperts: number;
  readonly satisfaction: string;
  readonly answers: number;
};
type RankedTier = Exclude<DemoTier, 'AUTHORIZED'>;

// Published (channelbuzz.ca, June 2014): the numbers of Solution Experts, and the old numbers of answers.
// Illustrative, not published: every revenue, every average, and the new numbers of answers.
/** The rules until the cutover. */
export const OLD_HURDLES: Readonly<Record<RankedTier, Hurdles>> = {
  SILVER: { revenue: '250000', solutionExperts: 0, satisfaction: '7.0', answers: 3 },
  GOLD: { revenue: '1000000', solutionExperts: 0, satisfaction: '7.0', answers: 5 },
  PLATINUM: { revenue: '3000000', solutionExperts: 0, satisfaction: '7.5', answers: 10 },
};
/** The rules from the cutover on: less revenue, more know-how and satisfaction. */
const NEW_HURDLES: Readonly<Record<RankedTier, Hurdles>> = {
  SILVER: { revenue: '100000', solutionExperts: 1, satisfaction: '7.5', answers: 5 },
  GOLD: { revenue: '400000', solutionExperts: 2, satisfaction: '8.0', answers: 10 },
  PLATINUM: { revenue: '1200000', solutionExperts: 3, satisfaction: '8.5', answers: 15 },
};

/** Months for which a certification is valid (illustrative). */
export const CERTIFICATION_MONTHS = 24;

/** A rulebook document of the demo and its first day, an ISO date. */
export type DemoRulebook = { readonly effectiveFrom: string; readonly document: Record<string, unknown> };

/** The old and the new rulebook of Connect, placed around `today` (an ISO date). */
export function connectRulebooks(today: string): readonly [DemoRulebook, DemoRulebook] {
  const calendar = demoCalendar(today);
  return [
    { effectiveFrom: calendar.oldRulesOn, document: rulebook(OLD_HURDLES) },
    {
      effectiveFrom: calendar.newRulesOn,
      document: {
        ...rulebook(NEW_HURDLES),
        transition: { mode: 'FLOOR', until: calendar.transitionUntil },
        remap: Object.fromEntries(DEMO_TIERS.map((tier) => [tier, tier])),
      },
    },
  ];
}

function rulebook(hurdles: Readonly<Record<RankedTier, Hurdles>>): Record<string, unknown> {
  return {
    format: 1,
    currencies: [{ from: '2000-01-01', equal: { EUR: '1' } }],
    measures: {
      revenue: {
        name: { en: 'Revenue', de: 'Umsatz' },
        metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } },
      },
    },
    tiers: DEMO_TIERS.map((code) => ({
      code,
      name: TIER_NAMES[code],
      ...(code === 'AUTHORIZED' ? {} : { requirement: tierRequirement(hurdles[code]) }),
    })),
    specializations: AREAS.map((area) => ({
      code: area,
      name: { en: `Solution Expert, ${AREA_NAMES[area].en}`, de: `Solution Expert ${AREA_NAMES[area].de}` },
      requirement: solutionExpertRequirement(area),
    })),
    policy: { promotion: { mode: 'AT_ONCE' }, demotion: { mode: 'AT_ONCE', step: 'WHOLE' } },
  };
}

function tierRequirement({ revenue, solutionExperts, satisfaction, answers }: Hurdles): unknown {
  const average = {
    name: { en: 'Customer satisfaction', de: 'Kundenzufriedenheit' },
    metric: {
      fact: 'satisfaction',
      aggregate: 'AVERAGE',
      window: { trailing: { months: 12 } },
      minimumSample: answers,
    },
  };
  return {
    allOf: [
      { measure: 'revenue', atLeast: revenue },
      ...(solutionExperts > 0
        ? [{ atLeast: solutionExperts, of: AREAS.map((area) => ({ specialization: area })) }]
        : []),
      { measure: average, atLeast: satisfaction },
    ],
  };
}

/** Three different persons: two with a valid sales credential of the area, one with its design credential. */
function solutionExpertRequirement(area: Area): unknown {
  return {
    persons: [
      {
        name: { en: 'sales', de: 'Vertrieb' },
        count: 2,
        where: [{ field: 'credential', in: [`${area}_SALES`] }],
      },
      {
        name: { en: 'design', de: 'Design' },
        count: 1,
        where: [{ field: 'credential', in: [`${area}_DESIGN`] }],
      },
    ],
  };
}
