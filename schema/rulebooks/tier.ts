import { localeArgs, tell } from '../base/locale.ts';
import type { TierSource } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';
import { Requirement, type RequirementSource } from './requirement.ts';

Tier.implement({
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
      resolve: (source) => conditionOf(source, 'requirement'),
    }),
    retain: t.field({
      type: Requirement,
      nullable: true,
      description:
        'What suffices to keep the tier, besides its requirement, where policy held it or a higher one the day before; null if nothing else does.',
      resolve: (source) => conditionOf(source, 'retain'),
    }),
    forfeit: t.field({
      type: Requirement,
      nullable: true,
      description:
        'While this is met the partner is below the tier, whatever else holds; null if nothing is.',
      resolve: (source) => conditionOf(source, 'forfeit'),
    }),
  }),
});

function conditionOf(
  { tier, ...source }: TierSource,
  which: 'requirement' | 'retain' | 'forfeit',
): RequirementSource | null {
  const rule = tier[which];
  return rule && { source, rule };
}
