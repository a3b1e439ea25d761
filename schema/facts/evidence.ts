import type { Evidence, ExclusionReason } from '../../src/engine/judging/standing.ts';
import { builder } from '../base/builder.ts';
import { idOf } from '../base/node.ts';
import { type PageArgs, slicePage } from '../base/page.ts';
import { Fact } from './fact.ts';

const ExclusionReasonType = builder.enumType('ExclusionReason', {
  description: 'Why a fact did not count for a number.',
  values: {
    OUTSIDE_WINDOW: { description: 'It happened before the window.' },
    EXPIRED: { description: 'It was no longer valid on the day judged.' },
    NOT_YET_VALID: { description: 'It happens after the day judged.' },
    FILTERED_OUT: { description: 'It does not pass a filter of the rulebook.' },
    VOIDED: { description: 'A later version takes it back.' },
    RESPONDENT_CAP: { description: 'Its respondent has as many later answers as may count.' },
    PERSON_USED_ELSEWHERE: { description: 'Its person fills another slot.' },
    DUPLICATE_PERSON: { description: 'Its person counts already.' },
    NOT_IN_FAMILY: {
      description:
        'On the day judged its partner was no member or no affiliate; or it had left the programme when the fact happened.',
    },
    WRONG_REGION: { description: 'It belongs to another region.' },
    UNKNOWN_CURRENCY: { description: 'The rulebook does not convert its currency.' },
    ALREADY_COUNTED: { description: 'Another fact that says the same counts already.' },
    NOT_LATEST: { description: 'Only the latest fact counts, or the latest of each key.' },
    NOT_NEEDED: { description: 'The slots are filled without it.' },
  } as const satisfies Record<ExclusionReason, { description: string }>,
});

const ExcludedFact = builder.objectRef<Evidence['excluded'][number]>('ExcludedFact').implement({
  description: 'A fact that did not count for a number.',
  fields: (t) => ({
    fact: t.expose('fact', {
      type: Fact,
      description: 'A version of a fact of the kind that the number counts.',
    }),
    reason: t.expose('reason', {
      type: ExclusionReasonType,
      description: 'Why the fact did not count: the first reason that applies.',
    }),
  }),
});

export const ExcludedFactConnection = builder.connectionObject(
  { type: ExcludedFact, name: 'ExcludedFactConnection', description: 'A page of facts that did not count.' },
  { name: 'ExcludedFactEdge', description: 'A fact that did not count, in a list.' },
);

/** A page of the facts that counted. */
export function pageOfCounted({ counted }: Evidence, args: PageArgs) {
  return slicePage(counted, args, idOf);
}

/** A page of the facts that did not count. */
export function pageOfExcluded({ excluded }: Evidence, args: PageArgs) {
  return slicePage(excluded, args, ({ fact }) => idOf(fact));
}
