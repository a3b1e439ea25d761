import type { Fact as FactSource } from '../../src/engine/partner/fact.ts';
import { builder } from '../base/builder.ts';
import { factTypeName, idOf, Node } from '../base/node.ts';
import { pageArgs, slicePage } from '../base/page.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import { readFactVersions } from './fact-list.ts';
import { FactWarning, warningOf } from './fact-warning.ts';

const Attribute = builder
  .objectRef<{ readonly name: string; readonly value: string }>('Attribute')
  .implement({
    description: 'A named text about a fact, which a rulebook may read as text, decimal or date.',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'Its name, unique within the fact.',
      }),
      value: t.exposeString('value', {
        description: 'Its value, which a rulebook may read as text, a decimal or a date.',
      }),
    }),
  });

export const Fact = builder.interfaceRef<FactSource>('Fact').implement({
  description: 'One version of a piece of qualifying data about a partner. Facts are only ever added.',
  interfaces: [Node],
  resolveType: factTypeName,
  fields: (t) => ({
    source: t.exposeString('source', { description: 'The system that it came from.' }),
    externalId: t.exposeString('externalId', {
      description: 'Its key within the source: the same key twice is the same fact.',
    }),
    version: t.exposeInt('version', {
      description: '1 as first recorded; a correction or a void is the next.',
    }),
    partner: t.field({
      type: Partner,
      description: 'The partner for whom this version counts; a correction may move a fact to another.',
      resolve: async ({ partnerId }, _, context) =>
        present(await context.partners.load(partnerId), 'partner'),
    }),
    occurredOn: t.expose('occurredOn', {
      type: 'Date',
      description: 'The day on which it happened, or was earned.',
    }),
    attributes: t.field({
      type: [Attribute],
      description: 'Further details from its sender, by name.',
      resolve: ({ attributes }) =>
        Object.entries(attributes)
          .map(([name, value]) => ({ name, value }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }),
    recordedAt: t.expose('recordedAt', {
      type: 'DateTime',
      description: 'The instant at which it was recorded. Later answers may rest on it.',
    }),
    supersededAt: t.expose('supersededAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the next version took its place; null while it is the current one.',
    }),
    warning: t.field({
      type: FactWarning,
      nullable: true,
      description: 'The warning with which this version was recorded; null if there was none.',
      resolve: warningOf,
    }),
    isVoid: t.exposeBoolean('voided', {
      description: 'Whether this version voids the fact, so that it does not count.',
    }),
  }),
});

export const RevenueFact = builder.objectRef<FactSource>('RevenueFact').implement({
  description: 'Revenue with a partner; a return is negative.',
  interfaces: [Node, Fact],
  fields: (t) => ({
    amount: t.field({
      type: 'Decimal',
      description: 'The amount in `currency`, negative for what was returned.',
      resolve: ({ value }) => present(value, 'amount'),
    }),
    currency: t.string({
      description: 'The currency of `amount`, by its ISO 4217 code.',
      resolve: ({ currency }) => present(currency, 'currency'),
    }),
    customer: t.exposeString('customer', {
      nullable: true,
      description: 'To whom it was sold: an identifier within the programme.',
    }),
  }),
});

export const CertificationFact = builder.objectRef<FactSource>('CertificationFact').implement({
  description: 'A certification of a person; valid from `occurredOn` until before `expiresOn`.',
  interfaces: [Node, Fact],
  fields: (t) => ({
    person: t.string({
      description: 'Who is certified: an identifier within the programme.',
      resolve: ({ person }) => present(person, 'person'),
    }),
    credential: t.string({
      description: 'What the person is certified for: a code that rulebooks ask for.',
      resolve: ({ credential }) => present(credential, 'credential'),
    }),
    expiresOn: t.expose('expiresOn', {
      type: 'Date',
      nullable: true,
      description: 'The first day on which it is no longer valid; null if it does not expire.',
    }),
  }),
});

export const SatisfactionFact = builder.objectRef<FactSource>('SatisfactionFact').implement({
  description: "A customer's rating of a partner.",
  interfaces: [Node, Fact],
  fields: (t) => ({
    score: t.field({
      type: 'Decimal',
      description: "The score, on the programme's scale.",
      resolve: ({ value }) => present(value, 'score'),
    }),
    customer: t.string({
      nullable: true,
      description: 'The customer: an identifier within the programme. Null for the role PARTNER.',
      resolve: ({ customer }, _, { rights }) => (rights.role === 'PARTNER' ? null : customer),
    }),
    respondent: t.string({
      nullable: true,
      description:
        'The organization that answered. A rulebook may limit the answers of one respondent. Null for the role PARTNER, so that customers can answer freely.',
      resolve: ({ respondent }, _, { rights }) => (rights.role === 'PARTNER' ? null : respondent),
    }),
  }),
});

export const MeasurementFact = builder.objectRef<FactSource>('MeasurementFact').implement({
  description: 'A measurement of a kind that the programme declares.',
  interfaces: [Node, Fact],
  fields: (t) => ({
    kind: t.exposeString('kind', {
      description: 'What was measured: the code of a kind that the programme declares.',
    }),
    value: t.field({
      type: 'Decimal',
      description: 'The number that was measured, in the unit that its kind declares.',
      resolve: ({ value }) => present(value, 'value'),
    }),
    subject: t.exposeString('subject', {
      nullable: true,
      description: 'What was measured, such as a product or a tenant, where the kind needs it.',
    }),
    expiresOn: t.expose('expiresOn', {
      type: 'Date',
      nullable: true,
      description: 'The first day on which it is no longer valid; null if it does not expire.',
    }),
  }),
});

export const FactConnection = builder.connectionObject(
  {
    type: Fact,
    name: 'FactConnection',
    description: 'A page of a list of facts, with the cursors to go on from.',
  },
  { name: 'FactEdge', description: 'A fact with its place in the list.' },
);

builder.interfaceField(Fact, 'versions', (t) =>
  t.field({
    description: 'All versions of the fact, first to last: as recorded, and each correction or void since.',
    type: FactConnection,
    args: pageArgs,
    resolve: async (fact, args, context) => slicePage(await readFactVersions(context, fact), args, idOf),
  }),
);
