import fc from 'fast-check';
import type { Policy } from '../../../src/engine/rulebook/policy-rules.ts';
import { anyPolicy } from './any-policy-inputs.ts';

/** What happens to a partner next; numbers are taken relative to what there is then. */
export type Step =
  /** Days pass, and are judged unless nobody is there to do it. */
  | { readonly type: 'PASS'; readonly days: number; readonly isJudged: boolean }
  | { readonly type: 'ASK'; readonly inDays: number }
  | ({ readonly type: 'RECORD' } & FactDraw)
  | ({ readonly type: 'CORRECT'; readonly which: number } & FactDraw)
  | { readonly type: 'VOID'; readonly which: number }
  | { readonly type: 'OVERRIDE'; readonly tier: number; readonly inDays: number; readonly length: number }
  | { readonly type: 'END_OVERRIDE'; readonly which: number; readonly inDays: number }
  | { readonly type: 'ENTER'; readonly inDays: number; readonly data: 'EMEA' | 'APAC' | 'LEAVE' | 'STAY' }
  | {
      readonly type: 'PUBLISH';
      readonly inDays: number;
      readonly policy: Policy;
      readonly transition: { readonly mode: 'FLOOR' | 'BOTH'; readonly days: number } | null;
    }
  | { readonly type: 'WITHDRAW' };

/** What a fact is made of. */
export type FactDraw = {
  readonly isCertificate: boolean;
  readonly daysAgo: number;
  readonly cents: number;
  readonly validDays: number | null;
};

const factDraw = {
  isCertificate: fc.integer({ min: 0, max: 2 }).map((roll) => roll === 0),
  daysAgo: fc.integer({ min: -60, max: 200 }),
  cents: fc.integer({ min: -30_000, max: 60_000 }),
  validDays: fc.option(fc.integer({ min: 1, max: 300 })),
};
const which = fc.nat({ max: 7 });
function kind<Type extends Step['type']>(type: Type) {
  return { type: fc.constant(type) };
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ ...kind('PASS'), days: fc.integer({ min: 1, max: 45 }), isJudged: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ ...kind('RECORD'), ...factDraw }) },
  { weight: 2, arbitrary: fc.record({ ...kind('CORRECT'), which, ...factDraw }) },
  { weight: 1, arbitrary: fc.record({ ...kind('VOID'), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...kind('OVERRIDE'),
      tier: fc.nat({ max: 2 }),
      inDays: fc.nat({ max: 20 }),
      length: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...kind('END_OVERRIDE'), which, inDays: fc.nat({ max: 10 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...kind('ENTER'),
      inDays: fc.integer({ min: -100, max: 30 }),
      data: fc.constantFrom('EMEA', 'APAC', 'LEAVE', 'STAY'),
    }),
  },
  { weight: 1, arbitrary: fc.record(kind('WITHDRAW')) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...kind('PUBLISH'),
      inDays: fc.nat({ max: 60 }),
      policy: anyPolicy,
      transition: fc.option(
        fc.record({
          mode: fc.constantFrom('FLOOR' as const, 'BOTH' as const),
          days: fc.integer({ min: 1, max: 200 }),
        }),
      ),
    }),
  },
);
const ask = fc.record({ ...kind('ASK'), inDays: fc.integer({ min: -250, max: 250 }) });

/** The first rulebook's policy, and what happens; with questions in between where they are wanted. */
export function anyHistory(withQuestions: boolean): fc.Arbitrary<{ policy: Policy; steps: readonly Step[] }> {
  return fc.record({
    policy: anyPolicy,
    steps: fc.array(
      withQuestions ? fc.oneof({ weight: 3, arbitrary: anyStep }, { weight: 1, arbitrary: ask }) : anyStep,
      {
        minLength: 4,
        maxLength: 24,
        size: 'max',
      },
    ),
  });
}
