import type { Evidence, ExclusionReason } from '../../src/engine/judging/standing.ts';
import { builder } from '../base/builder.ts';
import { idOf } from '../base/node.ts';
import { type PageArgs, slicePage } from '../base/page.ts';
import { Fact } from './fact.ts';

const ExclusionReasonType = builder.enumType('ExclusionReason', {
  description: 'Why a fact did not count for a number.',
  values: {
    OUTSIDE_WINDOW: { description: 'It happened before the window.' },
    EXPIRED: { description: 'It was no longer valid on the day.' },
    NOT_YET_VALID: { description: 'It happens after the day.' },
    FILTERED_OUT: { description: 'It does not pass a filter of the rulebook.' },
    VOIDED: { description: 'It was taken back.' },
    RESPONDENT_CAP: { description: 'Its respondent has later answers, and no more of one respondent count.' },
    PERSON_USED_ELSEWHERE: { description: 'Its person fills another slot.' },
    DUPLICATE_PERSON: { description: 'Its person counts already.' },
    NOT_IN_FAMILY: {
      description:
        'Its partner was not an affiliate and a member on the day, or had left the programme when it happened.',
    },
    WRONG_REGION: { description: 'It belongs to another region.' },
    UNKNOWN_CURRENCY: { description: 'The rulebook does not say what its currency is worth.' },
    ALREADY_COUNTED: { description: 'What it says counts already by another fact.' },
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
      description: 'What kept the fact from counting: the first reason that applies.',
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
