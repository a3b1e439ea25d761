import type { OverrideRow } from '../../src/store/reading/read-override.ts';
import { builder } from '../base/builder.ts';
import { Node } from '../base/node.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import { rulebookNamed, tierNamed } from '../base/rulebook-source.ts';
import { Tier } from '../base/tier-ref.ts';

export const TierOverride = builder.objectRef<OverrideRow>('TierOverride').implement({
  description:
    'A tier set by hand for a time. The computed tier continues beside it, and counts again from `endsOn`.',
  interfaces: [Node],
  fields: (t) => ({
    partner: t.field({
      type: Partner,
      description: 'The partner whose tier was set.',
      resolve: async ({ partnerId }, _, context) =>
        present(await context.partners.load(partnerId), 'partner'),
    }),
    tier: t.field({
      type: Tier,
      description: 'The tier, as the rulebook in force on the first day defines it.',
      resolve: async ({ rulebookId, tier }, _, context) =>
        tierNamed(await rulebookNamed(context, rulebookId), tier),
    }),
    firstOn: t.expose('firstOn', { type: 'Date', description: 'The first day on which it holds.' }),
    endsOn: t.expose('endsOn', {
      type: 'Date',
      description: 'The first day without it; not after `firstOn` if it was cancelled before it began.',
    }),
    reason: t.exposeString('reason', { description: 'An explanation by the person who set it.' }),
    actor: t.string({
      nullable: true,
      description: 'The person who answers for it, by name or identifier. Null for the role PARTNER.',
      resolve: ({ actor }, _, { rights }) => (rights.role === 'PARTNER' ? null : actor),
    }),
    recordedAt: t.expose('recordedAt', {
      type: 'DateTime',
      description: 'When it was set, or its end was last changed.',
    }),
  }),
});

export const TierOverrideConnection = builder.connectionObject(
  { type: TierOverride, name: 'TierOverrideConnection', description: 'A page of tiers set by hand.' },
  { name: 'TierOverrideEdge', description: 'A tier set by hand, in a list.' },
);
