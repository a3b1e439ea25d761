import { refuse } from '../../src/app/context/app.ts';
import { type OverrideSet as Done, endOverride } from '../../src/app/writing/override-tier.ts';
import { addMutation, builder } from '../base/builder.ts';
import { readGlobalId } from '../base/global-id.ts';
import { loadOverride } from '../base/load-override.ts';
import { present } from '../base/present.ts';
import { readDay } from '../base/read-argument.ts';
import { InvalidDays, NotAllowed, OverrideNotFound, refusalTypeName, TryAgain } from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';
import { TierOverride } from '../partners/override.ts';

const EndOverrideInput = builder.inputType('EndOverrideInput', {
  description: 'The override to end early, and its new end.',
  fields: (t) => ({
    override: t.id({ description: 'The global id, as `TierOverride.id` gives it.' }),
    on: t.field({
      type: 'Date',
      required: false,
      description:
        'The first day without it, not before today; today if left out. An override that has not begun by then is cancelled.',
    }),
  }),
});

const OverrideEnded = builder.objectRef<Done>('OverrideEnded').implement({
  description: 'The override ends on that day, or had ended before.',
  fields: (t) => ({
    override: t.expose('override', {
      type: TierOverride,
      description: 'The override with its new end.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order.',
    }),
  }),
});

const EndOverrideResult = builder.unionType('EndOverrideResult', {
  description: 'The override with its new end, or the reason why it was not changed.',
  types: [OverrideEnded, NotAllowed, OverrideNotFound, InvalidDays, TryAgain],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'OverrideEnded'),
});

addMutation('endOverride', (t) =>
  t.field({
    description: 'Ends an override early. Sending it again changes nothing.',
    type: EndOverrideResult,
    args: { input: t.arg({ type: EndOverrideInput, description: 'Which override ends on which day.' }) },
    resolve: async (_, { input }, context) => {
      const id = readGlobalId(input.override, 'TierOverride', 'input.override');
      const on = readDay(input.on ?? null, 'input.on');
      const known = await loadOverride(context, id);
      if (known === null) return refuse('OVERRIDE_NOT_FOUND', 'There is no such override.');
      const { programId } = present(await context.partners.load(known.partnerId), 'partner');
      const program = present(await context.app.catalogue.find('id', programId), 'programme').code;
      const result = await endOverride(context.app, { program, override: id, on });
      if ('refused' in result && result.refused === 'PROGRAM_NOT_FOUND') {
        return refuse('OVERRIDE_NOT_FOUND', 'There is no such override.');
      }
      return result;
    },
  }),
);
