import { parseRulebook, readPublishedRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { judge, type Proof, prove, type Verdict } from '../../../src/engine/judging/judge.ts';
import type { MeasureProof, RequirementProof } from '../../../src/engine/judging/standing.ts';
import { createMeasurer } from '../../../src/engine/measuring/measurer.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type {
  FamilyMember,
  PartnerEntry,
  PartnerInputs,
} from '../../../src/engine/partner/partner-inputs.ts';
import type { Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import { type Day, parseDay } from '../../../src/engine/values/day.ts';
import { type Fraction, formatDecimal, fraction, parseDecimal } from '../../../src/engine/values/fraction.ts';
import type { ProgramSettings } from '../../../src/engine/values/program.ts';

/** The day of an ISO date; throws on any other text. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`not a day: ${text}`);
  return parsed;
}

/** The number of a decimal; throws on any other text. */
export function number(text: string): Fraction {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new Error(`not a number: ${text}`);
  return parsed;
}

export const PROGRAM: ProgramSettings = {
  currency: 'EUR',
  fiscalYearFirstMonth: 10,
  satisfactionScale: { minimum: fraction(0n), maximum: fraction(10n) },
  measurementKinds: [
    { code: 'users', name: { en: 'net new users', de: 'neue Nutzer' }, unit: 'users' },
    { code: 'customer', name: { en: 'customers', de: 'Kunden' }, unit: 'customers' },
    { code: 'usage', name: { en: 'usage', de: 'Nutzung' }, unit: 'hours' },
  ],
};

/** Reads a document that has to be right. */
export function rulebookOf(document: unknown, program: ProgramSettings = PROGRAM): Rulebook {
  const parsed = parseRulebook(document, program);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.rulebook;
}

/**
 * Reads a document as one that holds already: with bounds, too, that would be refused if it were saved now.
 */
export function heldRulebookOf(document: unknown, program: ProgramSettings = PROGRAM): Rulebook {
  const read = readPublishedRulebook(document, program);
  if (!read.ok) throw new Error(JSON.stringify(read.problems, null, 1));
  return read.rulebook;
}

/** The smallest document with one requirement for GOLD, and whatever else is given. */
export function documentFor(requirement: unknown, others: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    format: 1,
    tiers: [
      { code: 'BASE', name: { en: 'Base', de: 'Basis' } },
      { code: 'GOLD', name: { en: 'Gold', de: 'Gold' }, requirement },
    ],
    ...others,
  };
}

export type FactInput = Partial<Omit<Fact, 'occurredOn' | 'expiresOn' | 'value'>> & {
  readonly on: string;
  readonly expires?: string;
  readonly value?: string;
};

/** A fact of a kind; its id and external id are the same, counted from `F001` unless they are given. */
export function factory(): (kind: string, input: FactInput) => Fact {
  let count = 0;
  return (kind, { on, expires, value, ...others }) => {
    count += 1;
    const id = `F${String(count).padStart(3, '0')}`;
    return {
      id,
      partnerId: 'P',
      source: 'test',
      externalId: id,
      version: 1,
      kind,
      occurredOn: day(on),
      expiresOn: expires === undefined ? null : day(expires),
      value: value === undefined ? null : number(value),
      currency: kind === 'revenue' ? 'EUR' : null,
      person: null,
      credential: null,
      customer: null,
      respondent: null,
      subject: null,
      attributes: {},
      recordedAt: 0,
      supersededAt: null,
      voided: false,
      ...others,
    };
  };
}

/** A partner in EMEA since 2020 with these facts. */
export function partnerWith(
  facts: readonly Fact[],
  entry: Partial<PartnerEntry> = {},
  family: readonly FamilyMember[] = [],
): PartnerInputs {
  const enrolledOn = day('2020-01-01');
  const whole = {
    firstOn: enrolledOn,
    recordedAt: 0,
    region: 'EMEA',
    country: 'DE',
    attributes: {},
    enrolledOn,
    leftOn: null,
    ...entry,
  };
  return { partnerId: 'P', rulebooks: [], entries: [whole], facts, family, overrides: [] };
}

export function judgeOn(partner: PartnerInputs, rulebook: Rulebook, on: string): Verdict {
  return judge(rulebook, createMeasurer(partner, rulebook).measure(day(on)));
}

export function proveOn(partner: PartnerInputs, rulebook: Rulebook, on: string): Proof {
  return prove(rulebook, createMeasurer(partner, rulebook).measure(day(on)));
}

/** The requirement's proof of a tier. */
export function requirementOf(proof: Proof, tier: string): RequirementProof {
  const requirement = proof.tiers.find((each) => each.tier === tier)?.requirement;
  if (!requirement) throw new Error(`no requirement for ${tier}`);
  return requirement;
}

/** What GOLD's single threshold says: its outcome and the value that it saw, as a decimal. */
export function goldOn(
  partner: PartnerInputs,
  rulebook: Rulebook,
  on: string,
): { readonly outcome: string; readonly value: string | null } {
  const proof = requirementOf(proveOn(partner, rulebook, on), 'GOLD');
  if (proof.type !== 'THRESHOLD') throw new Error(`not a threshold: ${proof.type}`);
  return { outcome: proof.outcome, value: valueText(proof.actual) };
}

export function valueText({ value }: MeasureProof): string | null {
  return value === null ? null : formatDecimal(value);
}
