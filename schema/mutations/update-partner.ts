import { updatePartner } from '../../src/app/writing/update-partner.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { type PartnerRow, readPartners } from '../../src/store/reading/read-partner.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import { readDay } from '../base/read-argument.ts';
import {
  HierarchyCycle,
  HierarchyTooDeep,
  NotAllowed,
  ParentNotFound,
  PartnerNotFound,
  ProgramNotFound,
  refusalTypeName,
  TryAgain,
} from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';

type Done = { readonly partner: PartnerRow; readonly changes: readonly LogEntry[] };

const UpdatePartnerInput = builder.inputType('UpdatePartnerInput', {
  description:
    'What becomes different about a partner from a day on. What is left out stays as it is, and so does what was entered for a later day.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    partner: t.string({ description: "Which partner: the vendor's key." }),
    firstOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The first day on which it is so; today if left out. A day of the past has the standings since then judged anew, a day to come lets it wait. Left out, `enrolledOn` and `leftOn` hold on all days of a membership.',
    }),
    name: t.string({ required: false, description: 'What people will call it from that day on.' }),
    country: t.string({ required: false, description: 'Its new country, ISO 3166-1 alpha-2.' }),
    region: t.string({ required: false, description: 'Its new region, by which a rulebook may differ.' }),
    parent: t.string({
      required: false,
      description: "The vendor's key of the partner whose affiliate it becomes; null for none.",
    }),
    enrolledOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The day on which its membership began, earlier or later than so far: of the one that is running or ended last, or of the first to come if there is no other. The past is judged anew. On or after the end of that one, a new membership begins.',
    }),
    leftOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The first day on which it is no longer a member, earlier or later than so far, past or to come: the end of the membership that is running or ended last, or of the first to come if there is no other. The past is judged anew. Null takes its leaving back.',
    }),
  }),
});

const PartnerUpdated = builder.objectRef<Done>('PartnerUpdated').implement({
  description: 'The data were entered, and the partner and those above it were judged anew.',
  fields: (t) => ({
    partner: t.expose('partner', {
      type: Partner,
      description: 'The partner with the data that hold today; what was entered for later is not among them.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order; none if nothing was new.',
    }),
  }),
});

const UpdatePartnerResult = builder.unionType('UpdatePartnerResult', {
  description: 'What became of entering data about a partner.',
  types: [
    PartnerUpdated,
    NotAllowed,
    ProgramNotFound,
    PartnerNotFound,
    ParentNotFound,
    HierarchyCycle,
    HierarchyTooDeep,
    TryAgain,
  ],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'PartnerUpdated'),
});

addMutation('updatePartner', (t) =>
  t.field({
    description: 'Enters new data about a partner from a day on. Nothing is overwritten.',
    type: UpdatePartnerResult,
    args: { input: t.arg({ type: UpdatePartnerInput, description: 'What is different from which day on.' }) },
    resolve: async (_, { input }, { app, scope, told }) => {
      const { program, partner, firstOn, name, country, region, parent, enrolledOn, leftOn } = input;
      const result = await updatePartner(app, {
        program,
        partner,
        firstOn: readDay(firstOn ?? null, 'input.firstOn'),
        // Null is what clients send for what they leave out; only where there may be none does it say so.
        ...(name != null && { name }),
        ...(country != null && { country }),
        ...(region != null && { region }),
        ...(parent !== undefined && { parent }),
        ...(enrolledOn != null && { enrolledOn: readDay(enrolledOn, 'input.enrolledOn') }),
        ...(leftOn !== undefined && { leftOn: readDay(leftOn, 'input.leftOn') }),
      });
      if ('partnerId' in result) {
        told.tellPartner(result.partnerId, result.changed);
        const [row] = await readPartners(scope, app.database.prisma, [result.partnerId]);
        return { partner: present(row, 'partner'), changes: result.changes };
      }
      if (result.refused === 'INVALID_INPUT') throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);
