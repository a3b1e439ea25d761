import fc from 'fast-check';
import type { Day } from '../../../src/engine/day.ts';
import type { Override, PartnerEntry } from '../../../src/engine/partner-case.ts';
import type {
  Demotion,
  Duration,
  Policy,
  Promotion,
  Review,
  Transition,
} from '../../../src/engine/policy-rules.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook.ts';
import { day, entry, policyRulebook, type Step } from './policy-case.ts';
import type { ReferenceInput } from './policy-reference.ts';

/** The days from FIRST_BUSY on, so many of them, are those on which everything given happens. */
export const FIRST_BUSY = day('2026-01-01');
export const BUSY_DAYS = 300;

const busyDay = fc.integer({ min: 0, max: BUSY_DAYS }).map((days): Day => FIRST_BUSY + days);

const duration: fc.Arbitrary<Duration> = fc.oneof(
  fc.record({ days: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 6 }) }),
);

const review: fc.Arbitrary<Review> = fc.record({
  calendar: fc.oneof(
    fc.record({
      type: fc.constant('DAYS_OF_YEAR' as const),
      days: fc.array(
        fc.record({ month: fc.integer({ min: 1, max: 12 }), dayOfMonth: fc.integer({ min: 1, max: 28 }) }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    fc.record({
      type: fc.constant('FISCAL' as const),
      unit: fc.constantFrom('MONTH' as const, 'QUARTER' as const, 'HALF_YEAR' as const, 'YEAR' as const),
      offsetDays: fc.constantFrom(0, 1, 14, 45, 100),
    }),
    fc.constant({ type: 'ANNIVERSARY' as const }),
  ),
  measuredDaysBefore: fc.constantFrom(0, 0, 1, 30, 200),
});

const step = fc.constantFrom('WHOLE' as const, 'ONE_STEP' as const);

const promotion: fc.Arbitrary<Promotion> = fc.oneof(
  fc.constant({ mode: 'AT_ONCE' as const }),
  review.map((each) => ({ mode: 'ON_REVIEW' as const, ...each })),
);

const demotion: fc.Arbitrary<Demotion> = fc.oneof(
  fc.constant({ mode: 'AT_ONCE' as const, step: 'WHOLE' as const }),
  fc.tuple(review, step).map(([each, by]) => ({ mode: 'ON_REVIEW' as const, step: by, ...each })),
  fc.tuple(duration, step).map(([grace, by]) => ({ mode: 'GRACE' as const, grace, step: by })),
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
const tierCodes = (index: number, count: number) =>
  Array.from({ length: count }, (_, rank) => (rank === 1 ? 'SAME' : `T${index}-${rank}`));

const anyRulebook = (
  index: number,
  from: Day,
  oldCodes: readonly string[],
): fc.Arbitrary<PublishedRulebook> =>
  fc.integer({ min: 2, max: 4 }).chain((count) => {
    const tiers = tierCodes(index, count);
    const transition: fc.Arbitrary<Transition | null> = fc.option(
      fc.record({
        mode: fc.constantFrom('FLOOR' as const, 'BOTH' as const),
        until: fc.integer({ min: 1, max: 300 }).map((days) => from + days),
      }),
    );
    return fc
      .tuple(anyPolicy, transition, fc.tuple(...oldCodes.map(() => fc.nat({ max: count - 1 }))))
      .map(([rules, over, drawn]) => {
        // In ascending order, as publishing demands.
        const targets = drawn.sort((a, b) => a - b).map((rank) => tiers[rank]);
        return policyRulebook(`r${index}`, from, {
          tiers,
          policy: rules,
          transition: index === 0 ? null : over,
          remap: Object.fromEntries(oldCodes.map((code, rank) => [code, targets[rank] ?? ''])),
        });
      });
  });

const rulebooks: fc.Arbitrary<PublishedRulebook[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: BUSY_DAYS }), { maxLength: 2 })
  .chain((starts) => {
    const days = [-400, ...starts].sort((a, b) => a - b).map((days) => FIRST_BUSY + days);
    return days.reduce<fc.Arbitrary<PublishedRulebook[]>>(
      (published, from, index) =>
        published.chain((list) => {
          const old = list.at(-1)?.rulebook.tiers.map(({ code }) => code) ?? [];
          return anyRulebook(index, from, old).map((each) => [...list, each]);
        }),
      fc.constant([]),
    );
  });

/** Computed tiers of a rulebook with so many of them. */
export const anyStepsFor = (tiers: number): fc.Arbitrary<Step[]> =>
  fc
    .uniqueArray(
      fc.record({
        from: busyDay,
        rank: fc.integer({ min: 0, max: tiers - 1 }),
        insufficient: fc.subarray([1, 2, 3]),
        specializations: fc.subarray(['A', 'B']),
      }),
      { maxLength: 20, selector: ({ from }) => from },
    )
    .map((list) => list.sort((a, b) => a.from - b.from));

const entries: fc.Arbitrary<PartnerEntry[]> = fc
  .record({
    enrolledOn: busyDay.map((on) => on - 300),
    leaves: fc.option(busyDay, { freq: 1 }),
    again: fc.option(fc.record({ firstOn: busyDay, earlier: fc.integer({ min: 0, max: 400 }) }), {
      freq: 1,
    }),
    once: fc.boolean(),
  })
  .map(({ enrolledOn, leaves, again, once }) => {
    const first = entry(enrolledOn, once ? null : leaves);
    if (again === null || once) return [first];
    const { firstOn, earlier } = again;
    return [first, { firstOn, recordedAt: 1, region: 'EMEA', enrolledOn: firstOn - earlier, leftOn: null }];
  });

const overrides = (published: readonly PublishedRulebook[]): fc.Arbitrary<Override[]> =>
  fc.uniqueArray(busyDay, { maxLength: 4 }).chain((edges) => {
    const days = edges.sort((a, b) => a - b);
    const ranges = days.flatMap((firstOn, index) => {
      const endsOn = days[index + 1];
      return index % 2 === 1 || endsOn === undefined ? [] : [{ firstOn, endsOn }];
    });
    return fc.tuple(
      ...ranges.map(({ firstOn, endsOn }, index) => {
        const inForce = published.filter(({ effectiveFrom }) => effectiveFrom <= firstOn).at(-1);
        const codes = inForce?.rulebook.tiers.map(({ code }) => code) ?? [];
        return fc.constantFrom(...codes).map((tier): Override => {
          const rulebookId = inForce?.id ?? '';
          return { id: `o${index}`, tier, rulebookId, firstOn, endsOn, reason: 'because', actor: 'ada' };
        });
      }),
    );
  });

/** A partner under one to three rulebooks with all that policy, transitions, overrides and entries can do. */
export const anyPolicyCase: fc.Arbitrary<ReferenceInput> = rulebooks.chain((published) =>
  fc.record({
    rulebooks: fc.constant(published),
    entries,
    overrides: overrides(published),
    computed: fc.tuple(...published.map(({ rulebook }) => anyStepsFor(rulebook.tiers.length))),
  }),
);
