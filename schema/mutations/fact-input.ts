import type { FactDetailInput as AppDetail, FactInput as AppFact } from '../../src/app/naming/fact-input.ts';
import type { FactType } from '../../src/engine/rulebook/fact-type.ts';
import { builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';

const AttributeInput = builder.inputType('AttributeInput', {
  description: 'A named text about a fact, which a rulebook may read as text, decimal or date.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique within the fact.' }),
    value: t.string({
      description: 'Its value, which a rulebook may read as text, a decimal or a date.',
    }),
  }),
});

const ATTRIBUTES = 'Further details, by name; at most 20.';

const RevenueInput = builder.inputType('RevenueInput', {
  description: 'Revenue with a partner on a day.',
  fields: (t) => ({
    amount: t.field({ type: 'Decimal', description: 'The amount in `currency`; negative for a return.' }),
    currency: t.string({ description: 'An ISO 4217 code that a rulebook of the programme converts.' }),
    customer: t.string({
      required: false,
      description: 'To whom it was sold: an identifier within the programme.',
    }),
    attributes: t.field({ type: [AttributeInput], required: false, description: ATTRIBUTES }),
  }),
});

const CertificationInput = builder.inputType('CertificationInput', {
  description: 'A certification of a person, earned on `occurredOn`.',
  fields: (t) => ({
    person: t.string({ description: 'The person: an identifier within the programme.' }),
    credential: t.string({ description: 'What the person is certified for: a code that rulebooks ask for.' }),
    expiresOn: t.field({
      type: 'Date',
      required: false,
      description: 'The first day on which it is no longer valid; it does not expire if left out.',
    }),
    attributes: t.field({ type: [AttributeInput], required: false, description: ATTRIBUTES }),
  }),
});

const SatisfactionInput = builder.inputType('SatisfactionInput', {
  description: "A customer's rating of a partner.",
  fields: (t) => ({
    score: t.field({ type: 'Decimal', description: "The score, on the programme's scale." }),
    customer: t.string({ required: false, description: 'The customer: an identifier within the programme.' }),
    respondent: t.string({ required: false, description: 'The organization that answered.' }),
    attributes: t.field({ type: [AttributeInput], required: false, description: ATTRIBUTES }),
  }),
});

const MeasurementInput = builder.inputType('MeasurementInput', {
  description: 'A measurement of a kind that the programme declares.',
  fields: (t) => ({
    kind: t.string({ description: 'What was measured: the code of a kind that the programme declares.' }),
    value: t.field({
      type: 'Decimal',
      description: 'The number that was measured, in the unit that its kind declares.',
    }),
    subject: t.string({
      required: false,
      description: 'What was measured, such as a product or a tenant, where the kind needs it.',
    }),
    expiresOn: t.field({
      type: 'Date',
      required: false,
      description: 'The first day on which it is no longer valid; it does not expire if left out.',
    }),
    attributes: t.field({ type: [AttributeInput], required: false, description: ATTRIBUTES }),
  }),
});

export const FactDetailInput = builder.inputType('FactDetailInput', {
  description: 'What a fact says: exactly one of these.',
  isOneOf: true,
  fields: (t) =>
    ({
      revenue: t.field({
        type: RevenueInput,
        required: false,
        description: 'The partner sold something, or a sale was returned.',
      }),
      certification: t.field({
        type: CertificationInput,
        required: false,
        description: 'A person earned a credential.',
      }),
      satisfaction: t.field({
        type: SatisfactionInput,
        required: false,
        description: 'A customer rated the partner.',
      }),
      measurement: t.field({
        type: MeasurementInput,
        required: false,
        description: 'A number of a kind that the programme declares was measured.',
      }),
    }) satisfies Readonly<Record<FactType, unknown>>,
});

export const FactInput = builder.inputType('FactInput', {
  description: 'A fact to record, under a key that its sender chooses.',
  fields: (t) => ({
    externalId: t.string({ description: 'Its key within the source: the same key twice is the same fact.' }),
    partner: t.string({ description: 'The external reference of the partner that the fact is about.' }),
    occurredOn: t.field({ type: 'Date', description: 'The day on which it happened, or was earned.' }),
    detail: t.field({ type: FactDetailInput, description: 'The content of the fact, by its kind.' }),
  }),
});

/** The fact as the app takes it; `at` is its place in the input. */
export function toAppFact(
  { externalId, partner, occurredOn, detail }: typeof FactInput.$inferInput,
  at: number,
): AppFact {
  return { externalId, partner, occurredOn, detail: toAppDetail(detail, `input.facts[${at}].detail`) };
}

/** What a fact says, as the app takes it. Throws BAD_USER_INPUT that names `path`. */
export function toAppDetail(input: typeof FactDetailInput.$inferInput, path: string): AppDetail {
  if (input.revenue != null) {
    const { revenue } = input;
    return {
      type: 'revenue',
      ...revenue,
      customer: revenue.customer ?? null,
      attributes: revenue.attributes ?? [],
    };
  }
  if (input.certification != null) {
    const { person, credential, expiresOn, attributes } = input.certification;
    return {
      type: 'certification',
      person,
      credential,
      expiresOn: expiresOn ?? null,
      attributes: attributes ?? [],
    };
  }
  if (input.satisfaction != null) {
    const { score, customer, respondent, attributes } = input.satisfaction;
    return {
      type: 'satisfaction',
      score,
      customer: customer ?? null,
      respondent: respondent ?? null,
      attributes: attributes ?? [],
    };
  }
  if (input.measurement != null) {
    const { kind, value, subject, expiresOn, attributes } = input.measurement;
    return {
      type: 'measurement',
      kind,
      value,
      subject: subject ?? null,
      expiresOn: expiresOn ?? null,
      attributes: attributes ?? [],
    };
  }
  input satisfies never;
  throw badUserInput('Exactly one kind of fact has to be given.', path);
}
