import type { Comparison } from '../../src/engine/values/comparison.ts';
import { builder } from '../base/builder.ts';

export const ComparisonType = builder.enumType('Comparison', {
  description: 'How a number is compared with a threshold.',
  values: {
    AT_LEAST: { description: 'The number has to be greater than the threshold or equal to it.' },
    ABOVE: { description: 'The number has to be greater than the threshold.' },
    AT_MOST: { description: 'The number has to be less than the threshold or equal to it.' },
    BELOW: { description: 'The number has to be less than the threshold.' },
  } as const satisfies Record<Comparison, { description: string }>,
});

export const RuleType = builder.enumType('Rule', {
  description: 'How many of several requirements have to be met.',
  values: {
    ALL: { description: 'Every part has to be met.' },
    ANY: { description: 'Any one part is enough.' },
    AT_LEAST: { description: 'A certain number of parts is enough, if the mandatory ones are among them.' },
  } as const,
});
