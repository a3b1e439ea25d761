import type { HoldReason, Hold as HoldSource } from '../../src/engine/partner/status.ts';
import { builder } from '../base/builder.ts';

export const HoldReasonType = builder.enumType('HoldReason', {
  description: "Why a partner's effective tier is not the computed one.",
  values: {
    OVERRIDE: { description: 'The tier was set by hand for a time.' },
    TRANSITION: { description: 'The transition to a new rulebook keeps it.' },
    LOCK: { description: 'The tier cannot be lost for a time after a promotion.' },
    GRACE: { description: 'The partner no longer meets the tier, and a period of grace lets it keep it.' },
    DELAY: { description: 'A higher tier is gained only once it has been met for some time.' },
    REVIEW: { description: 'Tiers change on review days only, and the next review is still to come.' },
    INSUFFICIENT_DATA: { description: 'The tier is kept while the data do not decide it.' },
  } as const satisfies Record<HoldReason, { description: string }>,
});

export const Hold = builder.objectRef<HoldSource>('Hold').implement({
  description: "Something that keeps a partner's effective tier from the computed one.",
  fields: (t) => ({
    reason: t.expose('reason', { type: HoldReasonType, description: 'What kind of thing keeps the tier.' }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day without it; null if its end cannot be foreseen.',
    }),
  }),
});
