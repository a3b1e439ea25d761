import fc from 'fast-check';
import type { Override, Start } from '../../../src/engine/partner/partner-inputs.ts';
import type {
  Demotion,
  Duration,
  Policy,
  Promotion,
  Review,
  ReviewCalendar,
  Transition,
} from '../../../src/engine/rulebook/policy-rules.ts';
import type { HeldSpan, Lookback, PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { Day } from '../../../src/engine/values/day.ts';
import { caseOf } from './policy-history.ts';
import { day, type PolicyInputs, policyRulebook, type Step } from './policy-inputs.ts';
import type { MembershipCall, PolicyHistory } from './policy-reference.ts';

/** The days from FIRST_BUSY on, so many of them, are those on which everything given happens. */
export const FIRST_BUSY = day('2026-01-01');
export const BUSY_DAYS = 300;

const busyDay = fc.integer({ min: 0, max: BUSY_DAYS }).map((days): Day => FIRST_BUSY + days);

const anyMemberDay = fc
  .integer({ min: -BUSY_DAYS, max: BUSY_DAYS + 60 })
  .map((days): Day => FIRST_BUSY + days);

const duration: fc.Arbitrary<Duration> = fc.oneof(
  fc.record({ days: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 6 }) }),
);

const calendar: fc.Arbitrary<ReviewCalendar> = fc.oneof(
  fc.record({
    type: fc.constant('DAYS_OF_YEAR' as const),
    days: fc.array(
      fc.record({ month: fc.integer({ min: 1, max: 12 }), dayOfMonth: fc.integer({ min: 1, max: 28 }) }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constantFrom('FISCAL' as const, 'CALENDAR' as const),
    unit: fc.constantFrom('MONTH' as const, 'QUARTER' as const, 'HALF_YEAR' as const, 'YEAR' as const),
    offsetDays: fc.constantFrom(0, 1, 14, 45, 100),
  }),
  fc.constant({ type: 'ANNIVERSARY' as const }),
  fc.record({
    type: fc.constant('DAYS_OF_MONTH' as const),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 2 }),
  }),
);

const measured: fc.Arbitrary<Review['measured']> = fc.oneof(
  fc.record({ daysBefore: fc.constantFrom(0, 0, 1, 30, 200) }),
  fc.record({ month: fc.integer({ min: 1, max: 12 }), dayOfMonth: fc.integer({ min: 1, max: 31 }) }),
);

const review: fc.Arbitrary<Review> = fc.record({ calendar, measured });
/** Of demotion: also after a term. */
const reviewOfTiers: fc.Arbitrary<Review> = fc.record({
  calendar: fc.oneof(
    { weight: 2, arbitrary: calendar },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('TERM' as const), months: fc.integer({ min: 1, max: 14 }) }),
    },
  ),
  measured,
});

const step = fc.constantFrom('WHOLE' as const, 'ONE_STEP' as const);

const promotion: fc.Arbitrary<Promotion> = fc.oneof(
  fc.record({ mode: fc.constant('AT_ONCE' as const), delay: fc.option(duration, { freq: 2 }) }),
  review.map((each) => ({ mode: 'ON_REVIEW' as const, ...each })),
);

const demotion: fc.Arbitrary<Demotion> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ mode: 'AT_ONCE' as const, step: 'WHOLE' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(reviewOfTiers, step)
      .map(([each, by]) => ({ mode: 'ON_REVIEW' as const, step: by, ...each })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(duration, step).map(([grace, by]) => ({ mode: 'GRACE' as const, grace, step: by })),
  },
);

/** Any promotion, demotion, lock and watch. */
export const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  promotion,
  demotion,
  lock: fc.option(duration),
  onInsufficient: fc.constantFrom('LOSE' as const, 'KEEP' as const),
  atRiskDays: fc.option(fc.integer({ min: 1, max: 90 })),
});

/** Tiers named by rulebook, except that some keep the code they had in the one before. */
function tierCodes(index: number, count: number) {
  return Array.from({ length: count }, (_, rank) => (rank === 1 ? 'SAME' : `T${index}-${rank}`));
}

function anySpan(tiers: number): fc.Arbitrary<HeldSpan> {
  return fc.record({
    rank: fc.integer({ min: 0, max: tiers - 1 }),
    length: fc.oneof(
      fc.record({ for: fc.record({ months: fc.integer({ min: 1, max: 5 }) }) }),
      fc.record({ total: fc.record({ days: fc.integer({ min: 1, max: 120 }) }) }),
    ),
  });
}

/** What a rulebook with so many tiers asks of the days before. */
function anyLookback(tiers: number): fc.Arbitrary<Lookback | null> {
  return fc.option(
    fc
      .record({ retains: fc.boolean(), spans: fc.array(anySpan(tiers), { maxLength: 2 }) })
      .map(({ retains, spans }) => ({ retains: retains || spans.length === 0, spans })),
    { freq: 2 },
  );
}

function anyRulebook(index: number, from: Day, oldCodes: readonly string[]): fc.Arbitrary<PublishedRulebook> {
  return fc.integer({ min: 2, max: 4 }).chain((count) => {
    const tiers = tierCodes(index, count);
    const transition: fc.Arbitrary<Transition | null> = fc.option(
      fc.record({
        mode: fc.constantFrom('FLOOR' as const, 'BOTH' as const),
        until: fc.integer({ min: 1, max: 300 }).map((days) => from + days),
      }),
      { freq: 2 },
    );
    return fc
      .tuple(
        anyPolicy,
        transition,
        anyLookback(count),
        fc.tuple(...oldCodes.map(() => fc.nat({ max: count - 1 }))),
      )
      .map(([rules, over, lookback, drawn]) => {
        // In ascending order, as publishing demands.
        const targets = drawn.sort((a, b) => a - b).map((rank) => tiers[rank]);
        return policyRulebook(`r${index}`, from, {
          tiers,
          policy: rules,
          lookback,
          transition: oldCodes.length === 0 ? null : over,
          remap: Object.fromEntries(oldCodes.map((code, rank) => [code, targets[rank] ?? ''])),
        });
      });
  });
}

type Publication = { readonly rulebook: PublishedRulebook; readonly withdrawn: boolean };

/** One to four rulebooks, each after the one before it that is not withdrawn; at least one is valid. */
const publications: fc.Arbitrary<Publication[]> = fc
  .tuple(
    // Some take effect before partners are enrolled.
    fc.uniqueArray(
      fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: BUSY_DAYS }) },
        { weight: 1, arbitrary: fc.integer({ min: -BUSY_DAYS, max: 0 }) },
      ),
      { maxLength: 3 },
    ),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  )
  .chain(([starts, drawn]) => {
    const days = [-400, ...starts].sort((a, b) => a - b).map((days) => FIRST_BUSY + days);
    return days.reduce<fc.Arbitrary<Publication[]>>(
      (published, from, index) =>
        published.chain((list) => {
          const previous = list.findLast(({ withdrawn }) => !withdrawn);
          const old = previous?.rulebook.rulebook.tiers.map(({ code }) => code) ?? [];
          const isLast = index === days.length - 1;
          const withdrawn = drawn[index] === true && drawn[3] === true && !(isLast && previous === undefined);
          return anyRulebook(index, from, old).map((rulebook) => [...list, { rulebook, withdrawn }]);
        }),
      fc.constant([]),
    );
  });

/** Computed tiers of a rulebook with so many of them. */
export function anyStepsFor(tiers: number): fc.Arbitrary<Step[]> {
  return fc
    .uniqueArray(
      fc.record({
        from: busyDay,
        rank: fc.integer({ min: 0, max: tiers - 1 }),
        insufficient: fc.subarray([1, 2, 3]),
        specializations: fc.subarray(['A', 'B']),
        retained: fc.subarray([1, 2, 3]),
        retainOpen: fc.subarray([1, 2, 3]),
        forfeited: fc.option(fc.integer({ min: 1, max: tiers - 1 }), { freq: 3 }),
        byHeld: fc.option(
          fc.record({ span: fc.nat({ max: 1 }), rank: fc.integer({ min: 1, max: tiers - 1 }) }),
        ),
      }),
      { maxLength: 20, selector: ({ from }) => from },
    )
    .map((list) => list.sort((a, b) => a.from - b.from));
}

/**
 * What is entered about the membership, on ascending days; an enrolment that is entered for a day on comes
 * before all corrections.
 */
function anyCalls(enrolledOn: Day): fc.Arbitrary<MembershipCall[]> {
  const anyDay = fc.oneof(
    { weight: 6, arbitrary: anyMemberDay },
    { weight: 1, arbitrary: fc.constant(enrolledOn) },
  );
  return fc
    .record({
      leaves: fc.option(fc.record({ today: busyDay, leftOn: anyDay }), { freq: 2 }),
      again: fc.option(fc.record({ firstOn: busyDay, earlier: fc.constantFrom(0, 1, 90, 400) }), { freq: 2 }),
      corrections: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        {
          weight: 2,
          arbitrary: fc.array(
            fc.oneof(
              fc.record({ today: busyDay, leftOn: fc.option(anyDay, { freq: 3 }) }),
              fc.record({ today: busyDay, enrolledOn: anyDay }),
              fc.record({ today: busyDay, enrolledOn: anyDay, leftOn: fc.option(anyDay, { freq: 3 }) }),
            ),
            { minLength: 1, maxLength: 5 },
          ),
        },
      ),
    })
    .map(({ leaves, again, corrections }): MembershipCall[] => {
      const entered = [...(leaves === null ? [] : [leaves]), ...corrections]
        .sort((a, b) => a.today - b.today)
        .map((call): MembershipCall => ({ ...call, firstOn: null }));
      if (again === null) return entered;
      const { firstOn, earlier } = again;
      const today = entered[0]?.today ?? firstOn;
      // A day of enrolment before that is one that is moved in a membership.
      const enrolledOn = leaves === null ? firstOn - earlier : firstOn;
      const dated = { today, firstOn, enrolledOn, leftOn: null };
      return leaves === null
        ? [dated, ...entered]
        : [{ ...leaves, firstOn: null }, dated, ...entered.slice(1)];
    });
}

function overrides(published: readonly Publication[]): fc.Arbitrary<Override[]> {
  return fc.uniqueArray(busyDay, { maxLength: 4 }).chain((edges) => {
    const days = edges.sort((a, b) => a - b);
    const ranges = days.flatMap((firstOn, index) => {
      const endsOn = days[index + 1];
      return index % 2 === 1 || endsOn === undefined ? [] : [{ firstOn, endsOn }];
    });
    return fc.tuple(
      ...ranges.map(({ firstOn, endsOn }, index) => {
        // Set while a withdrawn rulebook was still in force, some of them.
        const inForce = published
          .filter(({ rulebook }) => rulebook.effectiveFrom <= firstOn)
          .at(-1)?.rulebook;
        const codes = inForce?.rulebook.tiers.map(({ code }) => code) ?? [];
        return fc.constantFrom(...codes).map((tier): Override => {
          const rulebookId = inForce?.id ?? '';
          return { id: `o${index}`, tier, rulebookId, firstOn, endsOn, reason: 'because', actor: 'ada' };
        });
      }),
    );
  });
}

/**
 * A partner under one to four rulebooks with all that policy, transitions, withdrawals, overrides and
 * memberships can do.
 */
export const anyPolicyHistory: fc.Arbitrary<PolicyHistory> = publications.chain((drawn) =>
  fc
    .record({
      member: busyDay.chain((on) => {
        const enrolledOn = on - BUSY_DAYS;
        return anyCalls(enrolledOn).map((calls) => ({ enrolledOn, calls }));
      }),
      overrides: overrides(drawn),
      start: fc.option(
        fc.record({
          tier: fc.oneof(
            fc.constant('SAME'),
            fc.constantFrom(
              ...drawn.flatMap(({ rulebook }) => rulebook.rulebook.tiers.map(({ code }) => code)),
            ),
          ),
          earlier: fc.integer({ min: 0, max: 250 }),
        }),
        { freq: 2 },
      ),
      computed: fc.tuple(...drawn.map(({ rulebook }) => anyStepsFor(rulebook.rulebook.tiers.length))),
    })
    .map(({ computed, member, start, ...rest }) => ({
      ...rest,
      ...member,
      start: start && startOf(start, member.enrolledOn),
      published: drawn.map((each, index) => ({ ...each, computed: computed[index] ?? [] })),
    })),
);

function startOf({ tier, earlier }: { tier: string; earlier: number }, enrolledOn: Day): Start {
  return { tier, since: enrolledOn - earlier };
}

/** The same without what asks for days before, without forfeits and without a start. */
export const anyForwardHistory: fc.Arbitrary<PolicyHistory> = anyPolicyHistory.map((history) => ({
  ...history,
  start: null,
  published: history.published.map(({ rulebook, withdrawn, computed }) => ({
    rulebook: { ...rulebook, rulebook: { ...rulebook.rulebook, lookback: null } },
    withdrawn,
    computed: computed.map((step) => ({ ...step, forfeited: null, byHeld: null })),
  })),
}));

/** The same as the engine takes it. */
export const anyPolicyInputs: fc.Arbitrary<PolicyInputs> = anyPolicyHistory.map(caseOf);
