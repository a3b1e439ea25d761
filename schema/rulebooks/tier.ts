import { builder } from '../base/builder.ts';
import { localeArgs, tell } from '../base/locale.ts';
import type { TierSource } from '../base/rulebook-source.ts';
import { Requirement } from './requirement.ts';

export const Tier = builder.objectRef<TierSource>('Tier').implement({
  description: 'A ranked status of a rulebook.',
  fields: (t) => ({
    code: t.string({
      description: 'Its code within the rulebook, such as GOLD.',
      resolve: ({ tier }) => tier.code,
    }),
    rank: t.exposeInt('rank', { description: '0 for the lowest tier, 1 for the next, and so on.' }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ tier }, args) => tell(tier.name, args),
    }),
    requirement: t.field({
      type: Requirement,
      nullable: true,
      description: 'The requirement to attain it; null for the lowest tier, which has none.',
      resolve: ({ tier, ...source }) =>
        tier.requirement === null ? null : { source, rule: tier.requirement },
    }),
  }),
});
