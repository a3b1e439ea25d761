import type { Outcome } from '../../src/engine/judging/standing.ts';
import { builder } from '../base/builder.ts';

export const OutcomeType = builder.enumType('Outcome', {
  description: 'Whether data meet a requirement.',
  values: {
    MET: { description: 'The data meet the requirement.' },
    UNMET: { description: 'The data miss the requirement.' },
    INSUFFICIENT_DATA: { description: 'The data do not decide the requirement.' },
  } as const satisfies Record<Outcome, { description: string }>,
});
