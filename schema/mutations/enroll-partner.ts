import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { PARTNER_FIELDS } from '../../src/app/writing/partner-changes.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { type PartnerRow, readPartners } from '../../src/store/reading/read-partner.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import { readDay } from '../base/read-argument.ts';
import {
  HierarchyTooDeep,
  NotAllowed,
  ParentNotFound,
  PartnerExists,
  ProgramNotFound,
  refusalTypeName,
  TryAgain,
} from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';
import { PartnerAttributeInput, toAttribute } from './partner-attribute-input.ts';

type Done = {
  readonly partner: PartnerRow;
  readonly changes: readonly LogEntry[];
  readonly warnings: readonly string[];
};

const StartInput = builder.inputType('StartInput', {
  description: 'A tier that a partner brings along, such as one that it had in another programme.',
  fields: (t) => ({
    tier: t.string({
      description: 'The code of a tier of the newest rulebook in force on its first day under one.',
    }),
    since: t.field({
      type: 'Date',
      description: 'The first day on which it had the tier, not after its enrolment.',
    }),
  }),
});

const EnrollPartnerInput = builder.inputType('EnrollPartnerInput', {
  description: 'A new member of a programme.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    externalRef: t.string({
      description: "The external reference: the vendor's own key, unique in the programme.",
    }),
    name: t.string({
      description: "The partner's own name, in no particular language.",
    }),
    country: t.string({ description: 'Its country, ISO 3166-1 alpha-2.' }),
    region: t.string({ description: 'Its region, by which a rulebook may differ.' }),
    attributes: t.field({
      type: [PartnerAttributeInput],
      required: false,
      description: 'What else a rulebook may differ by, such as its size; at most 20.',
    }),
    parent: t.string({
      required: false,
      description: 'The external reference of the partner whose affiliate it is.',
    }),
    enrolledOn: t.field({
      type: 'Date',
      required: false,
      description: 'The day on which it became a member; today if left out.',
    }),
    start: t.field({
      type: StartInput,
      required: false,
      description:
        'A tier to start with, which policy holds from the first day as if the partner had attained it then. It starts no lock.',
    }),
  }),
});

const PartnerEnrolled = builder.objectRef<Done>('PartnerEnrolled').implement({
  description: 'The partner is a member now, and its first standing is there.',
  fields: (t) => ({
    partner: t.expose('partner', { type: Partner, description: 'The new member with its first tier.' }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order.',
    }),
    warnings: t.exposeStringList('warnings', {
      description: 'What was accepted and may not be what was meant, in sentences for people.',
    }),
  }),
});

const EnrollPartnerResult = builder.unionType('EnrollPartnerResult', {
  description: 'The new member with its standing, or the reason why it was not enrolled.',
  types: [
    PartnerEnrolled,
    NotAllowed,
    ProgramNotFound,
    PartnerExists,
    ParentNotFound,
    HierarchyTooDeep,
    TryAgain,
  ],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'PartnerEnrolled'),
});

addMutation('enrollPartner', (t) =>
  t.field({
    description:
      'Enrolls a partner in a programme and judges it. For a partner that has left, use `updatePartner` with a new `enrolledOn`.',
    type: EnrollPartnerResult,
    args: { input: t.arg({ type: EnrollPartnerInput, description: 'The data of the new member.' }) },
    resolve: async (_, { input }, { app, scope, told }) => {
      const { program, externalRef, name, country, region, attributes, parent, enrolledOn, start } = input;
      const partner = {
        externalRef,
        name,
        country,
        region,
        attributes: (attributes ?? []).map(toAttribute),
        parent: parent ?? null,
        enrolledOn: readDay(enrolledOn ?? null, 'input.enrolledOn'),
        start: start ? { tier: start.tier, since: readDay(start.since, 'input.start.since') } : null,
      };
      const result = await enrollPartners(app, { program, partners: [partner] });
      if ('refused' in result) return result;
      const outcome = present(result.outcomes[0], 'outcome');
      if ('partnerId' in outcome) {
        told.tellPartner(outcome.partnerId, PARTNER_FIELDS);
        const [row] = await readPartners(scope, app.database.prisma, [outcome.partnerId]);
        return { partner: present(row, 'partner'), changes: result.changes, warnings: outcome.warnings };
      }
      if (outcome.refused === 'INVALID_INPUT') throw badUserInput(outcome.message, `input.${outcome.path}`);
      return outcome;
    },
  }),
);
