import type { Fact, FactWarning as Warning } from '../../src/engine/partner/fact.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { builder } from '../base/builder.ts';

/** What can be odd about a fact. */
export const WarningCode = builder.enumType('WarningCode', {
  description: 'What is odd about a fact that was recorded nevertheless.',
  values: {
    LEFT: { description: 'It is dated after the partner left the programme.' },
    FUTURE: {
      description:
        'It is dated after the day on which it was recorded, and does not count before its own day.',
    },
    NOT_ASKED_FOR: {
      description:
        'No metric and no slot asks for such a fact, in any rulebook that was in force or published for later when it was recorded.',
    },
  } as const satisfies Record<Warning, { description: string }>,
});

type Source = { readonly code: Warning; readonly occurredOn: Fact['occurredOn'] };

export const FactWarning = builder.objectRef<Source>('FactWarning').implement({
  description: 'What was odd about a version of a fact when it was recorded. It does not change later.',
  fields: (t) => ({
    code: t.expose('code', { type: WarningCode, description: 'The reason, for programs.' }),
    message: t.string({
      description: 'The reason as an English sentence, for people.',
      resolve: ({ code, occurredOn }) => tell(code, formatDay(occurredOn)),
    }),
  }),
});

/** The warning that a version of a fact carries; null if it has none. */
export function warningOf({ warning, occurredOn }: Fact): Source | null {
  return warning == null ? null : { code: warning, occurredOn };
}

function tell(code: Warning, on: string): string {
  switch (code) {
    case 'LEFT':
      return `It is dated ${on}, when the partner had left the programme.`;
    case 'FUTURE':
      return `It is dated ${on}, which was still to come when it was recorded; it counts for nothing before that day.`;
    case 'NOT_ASKED_FOR':
      return 'No rulebook in force or to come asked for such a fact when it was recorded: it counts for nothing so far.';
  }
}
