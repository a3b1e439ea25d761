import type { VariedNumber } from '../../src/engine/rulebook/rulebook.ts';
import type { Fraction } from '../../src/engine/values/fraction.ts';
import { builder } from '../base/builder.ts';

const VariedValue = builder
  .objectRef<{ readonly of: string; readonly value: Fraction }>('VariedValue')
  .implement({
    description: 'A number for some partners.',
    fields: (t) => ({
      of: t.exposeString('of', {
        description: 'The region, country or value of the attribute for which it applies.',
      }),
      value: t.expose('value', {
        type: 'Decimal',
        description: 'The number for such partners.',
      }),
    }),
  });

const RegionalValue = builder
  .objectRef<{ readonly region: string; readonly value: Fraction }>('RegionalValue')
  .implement({
    description: 'A number for one region.',
    fields: (t) => ({
      region: t.exposeString('region', {
        description: 'The region of partners for which it applies.',
      }),
      value: t.expose('value', {
        type: 'Decimal',
        description: 'The number for that region.',
      }),
    }),
  });

export const RegionalNumber = builder.objectRef<VariedNumber>('RegionalNumber').implement({
  description: 'A number that may differ by region, by country or by an attribute of partners.',
  fields: (t) => ({
    default: t.expose('default', { type: 'Decimal', description: 'The number where no other is given.' }),
    regions: t.field({
      type: [RegionalValue],
      description: 'The regions with a number of their own; none where it differs by something else.',
      resolve: ({ by, values }) =>
        by === 'region' ? [...values].map(([region, value]) => ({ region, value })) : [],
    }),
    by: t.exposeString('by', {
      description: 'What it differs by: `region`, `country`, or `attributes.` and a name.',
    }),
    values: t.field({
      type: [VariedValue],
      description: 'The numbers other than the default, and for whom they apply.',
      resolve: ({ values }) => [...values].map(([of, value]) => ({ of, value })),
    }),
  }),
});
