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
import { PartnerAttributeInput, toAttribute } from './partner-attribute-input.ts';

type Done = { readonly partner: PartnerRow; readonly changes: readonly LogEntry[] };

const UpdatePartnerInput = builder.inputType('UpdatePartnerInput', {
  description:
    'New data of a partner from a day on. Fields that are left out stay as they are, and so do data entered for later days.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    partner: t.string({ description: 'The external reference of the partner.' }),
    firstOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The first day on which the data hold; today if left out. From a past day on, standings are judged anew; a future day lets the data wait. If it is left out, `enrolledOn` and `leftOn` hold on all days of a membership.',
    }),
    name: t.string({ required: false, description: 'What people call it from the first day on.' }),
    country: t.string({ required: false, description: 'Its new country, ISO 3166-1 alpha-2.' }),
    region: t.string({ required: false, description: 'Its new region, by which a rulebook may differ.' }),
    attributes: t.field({
      type: [PartnerAttributeInput],
      required: false,
      description: 'New values of these attributes; the others stay as they are.',
    }),
    parent: t.string({
      required: false,
      description: 'The external reference of the partner whose affiliate it becomes; null for none.',
    }),
    enrolledOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The day on which its membership begins: the running one or else the last one that ended, or the first future one if there is no other. The past is judged anew. A day on or after the end of that membership begins a new one.',
    }),
    leftOn: t.field({
      type: 'Date',
      required: false,
      description:
        'The first day on which it is no longer a member, past or future: the end of the running membership or else of the last one that ended, or of the first future one if there is no other. The past is judged anew. Null removes the end.',
    }),
  }),
});

const PartnerUpdated = builder.objectRef<Done>('PartnerUpdated').implement({
  description: 'The data were changed, and the partner and those above it were judged anew.',
  fields: (t) => ({
    partner: t.expose('partner', {
      type: Partner,
      description: 'The partner with the data that hold today, without those for later days.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order; none if nothing was new.',
    }),
  }),
});

const UpdatePartnerResult = builder.unionType('UpdatePartnerResult', {
  description: "The result of changing a partner's data.",
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
    description: "Changes a partner's data from a day on. Earlier data are kept.",
    type: UpdatePartnerResult,
    args: {
      input: t.arg({
        type: UpdatePartnerInput,
        description: 'The new data, and the day from which they hold.',
      }),
    },
    resolve: async (_, { input }, { app, scope, told }) => {
      const { program, partner, firstOn, name, country, region, attributes, ...others } = input;
      const { parent, enrolledOn, leftOn } = others;
      const result = await updatePartner(app, {
        program,
        partner,
        firstOn: readDay(firstOn ?? null, 'input.firstOn'),
        // Clients send null for fields that they leave out; only where null is a value does it mean one.
        ...(name != null && { name }),
        ...(country != null && { country }),
        ...(region != null && { region }),
        ...(attributes != null && { attributes: attributes.map(toAttribute) }),
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
