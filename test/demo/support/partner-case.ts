import type { DemoFact, DemoPartner } from '../../../src/demo/demo-base.ts';
import { CONNECT_PROGRAM, connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { parseRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { type Day, parseDay } from '../../../src/engine/values/day.ts';
import { type Fraction, parseDecimal } from '../../../src/engine/values/fraction.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';

/** Connect's settings as the engine reads them. */
export const CONNECT_SETTINGS: ProgramSettings = {
  currency: CONNECT_PROGRAM.currency,
  fiscalYearFirstMonth: CONNECT_PROGRAM.fiscalYearFirstMonth,
  satisfactionScale: {
    minimum: decimal(CONNECT_PROGRAM.satisfactionScale.minimum),
    maximum: decimal(CONNECT_PROGRAM.satisfactionScale.maximum),
  },
  measurementKinds: CONNECT_PROGRAM.measurementKinds,
};

/**
 * Connect's rulebooks around `today` under the ids OLD and NEW; throws with every problem if one is refused.
 */
export function publishedRulebooks(today: string): PublishedRulebook[] {
  return connectRulebooks(today).map(({ effectiveFrom, document }, index) => {
    const parsed = parseRulebook(document, CONNECT_SETTINGS);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
    return { id: index === 0 ? 'OLD' : 'NEW', effectiveFrom: day(effectiveFrom), rulebook: parsed.rulebook };
  });
}

/** A demo partner as the engine reads it; each fact's id is its external id. */
export function partnerInputs(
  partner: DemoPartner,
  facts: readonly DemoFact[],
  rulebooks: readonly PublishedRulebook[],
): PartnerInputs {
  const enrolledOn = day(partner.enrolledOn);
  return {
    partnerId: partner.externalRef,
    rulebooks,
    entries: [
      {
        firstOn: enrolledOn,
        recordedAt: 1,
        region: partner.region,
        country: partner.country,
        attributes: {},
        enrolledOn,
        leftOn: null,
      },
    ],
    facts: facts.map(engineFact),
    family: [],
    overrides: [],
  };
}

function engineFact(fact: DemoFact): Fact {
  const { detail } = fact;
  const base = {
    id: fact.externalId,
    partnerId: fact.partner,
    source: fact.source,
    externalId: fact.externalId,
    version: 1,
    occurredOn: day(fact.occurredOn),
    expiresOn: null,
    value: null,
    currency: null,
    person: null,
    credential: null,
    customer: null,
    respondent: null,
    subject: null,
    attributes: {},
    recordedAt: 2,
    supersededAt: null,
    voided: false,
  };
  if ('revenue' in detail) {
    const { amount, currency, attributes } = detail.revenue;
    return {
      ...base,
      kind: 'revenue',
      value: decimal(amount),
      currency,
      attributes: Object.fromEntries((attributes ?? []).map(({ name, value }) => [name, value])),
    };
  }
  if ('certification' in detail) {
    const { person, credential, expiresOn } = detail.certification;
    return { ...base, kind: 'certification', person, credential, expiresOn: day(expiresOn) };
  }
  const { score, customer, respondent } = detail.satisfaction;
  return { ...base, kind: 'satisfaction', value: decimal(score), customer, respondent };
}

/** The day that an ISO date names; throws on anything else. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`not a day: ${text}`);
  return parsed;
}

function decimal(text: string): Fraction {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new Error(`not a decimal: ${text}`);
  return parsed;
}
