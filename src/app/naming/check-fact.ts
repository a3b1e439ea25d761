import type { Fact } from '../../engine/partner/fact.ts';
import { type Day, parseDay } from '../../engine/values/day.ts';
import { compare, type Fraction, formatDecimal, parseDecimal } from '../../engine/values/fraction.ts';
import { isStorable, isWritten, readName, toName, toStoredName } from '../../engine/values/naming-text.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import type { FingerprintedContent } from '../../store/encoding/fingerprint.ts';
import type {
  AttributeInput,
  FactDetailInput,
  FactInput,
  RowRejection,
  RowRejectionCode,
} from './fact-input.ts';

/**
 * What a row says, normalized: everything of a fact that its sender decides, the partner still by the
 * reference as it was sent.
 */
export type FactContent = Omit<FingerprintedContent, 'partnerId'> &
  Pick<Fact, 'externalId'> & { readonly partner: string };

const MAX_ATTRIBUTES = 20;
const VALUE = /^-?\d{1,24}(\.\d{1,6})?$/;

/** Thrown and caught in this file, to refuse a row from deep inside its check. */
class Rejected extends Error {
  readonly rejection: RowRejection;
  constructor(rejection: RowRejection) {
    super(rejection.message);
    this.rejection = rejection;
  }
}

function reject(code: RowRejectionCode, path: string, message: string): never {
  throw new Rejected({ code, path, message });
}

/** A row as it was read: its content, null if it can have none, and why it may not be recorded, if so. */
export type CheckedRow =
  | { readonly content: FactContent; readonly rejection: null }
  | { readonly content: FactContent; readonly rejection: RowRejection }
  | { readonly content: null; readonly rejection: RowRejection };

/**
 * Reads a row for a programme; `path` is its place in the input. Whether the partner exists is not checked.
 * The content is returned even if the row would be refused today, since it may have been recorded before.
 */
export function checkRow(input: FactInput, path: string, program: ProgramRecord): CheckedRow {
  const content = checkFact(input, path, program);
  if (!('code' in content)) return { content, rejection: null };
  const recorded = readRow(input, path, program, AS_RECORDED);
  return { content: 'code' in recorded ? null : recorded, rejection: content };
}

/** Reads a row that is to be recorded; what is wrong with it, if anything is. */
export function checkFact(
  input: FactInput,
  path: string,
  program: ProgramRecord,
): FactContent | RowRejection {
  return readRow(input, path, program, TO_RECORD);
}

/** What a row may hold: what may be recorded now, or all that ever could be. */
type Permission = {
  readText(text: string, path: string): string;
  readCurrency(currency: string, path: string, program: ProgramRecord): string;
};

function readRow(
  input: FactInput,
  path: string,
  program: ProgramRecord,
  permission: Permission,
): FactContent | RowRejection {
  const { readText } = permission;
  try {
    const occurredOn = readDay(input.occurredOn, `${path}.occurredOn`);
    const { detail } = input;
    const at = `${path}.detail.${detail.type}`;
    return {
      ...EMPTY,
      externalId: readText(input.externalId, `${path}.externalId`),
      partner: readReference(input.partner, `${path}.partner`),
      occurredOn,
      ...readDetail(detail, occurredOn, at, program, permission),
      attributes: readAttributes(detail.attributes, `${at}.attributes`, permission),
    };
  } catch (error) {
    if (error instanceof Rejected) return error.rejection;
    throw error;
  }
}

const EMPTY = {
  expiresOn: null,
  value: null,
  currency: null,
  person: null,
  credential: null,
  customer: null,
  respondent: null,
  subject: null,
} as const;

function readDetail(
  detail: FactDetailInput,
  occurredOn: Day,
  path: string,
  program: ProgramRecord,
  { readText, readCurrency }: Permission,
) {
  const readOptional = (text: string | null, at: string) => (text === null ? null : readText(text, at));
  switch (detail.type) {
    case 'revenue':
      return {
        kind: 'revenue',
        value: readValue(detail.amount, `${path}.amount`),
        currency: readCurrency(detail.currency, `${path}.currency`, program),
        customer: readOptional(detail.customer ?? null, `${path}.customer`),
      };
    case 'certification':
      return {
        kind: 'certification',
        person: readText(detail.person, `${path}.person`),
        credential: readText(detail.credential, `${path}.credential`),
        expiresOn: readExpiry(detail.expiresOn, occurredOn, `${path}.expiresOn`),
      };
    case 'satisfaction':
      return {
        kind: 'satisfaction',
        value: readScore(detail.score, `${path}.score`, program),
        customer: readOptional(detail.customer, `${path}.customer`),
        respondent: readOptional(detail.respondent, `${path}.respondent`),
      };
    case 'measurement':
      return {
        kind: readKind(detail.kind, `${path}.kind`, program),
        value: readValue(detail.value, `${path}.value`),
        subject: readOptional(detail.subject, `${path}.subject`),
        expiresOn: readExpiry(detail.expiresOn, occurredOn, `${path}.expiresOn`),
      };
  }
}

function readDay(text: string, path: string): Day {
  return (
    parseDay(text) ?? reject('INVALID_VALUE', path, `${quote(text)} is not a day; write it like 2026-11-23.`)
  );
}

function readExpiry(text: string | null, occurredOn: Day, path: string): Day | null {
  if (text === null) return null;
  const day = readDay(text, path);
  return day > occurredOn
    ? day
    : reject('INVALID_VALUE', path, 'The first day not valid has to be after occurredOn.');
}

function readValue(text: string, path: string): Fraction {
  const value = VALUE.test(text) ? parseDecimal(text) : null;
  return (
    value ??
    reject(
      'INVALID_VALUE',
      path,
      `${quote(text)} is not a decimal of at most 24 digits before and 6 after the point.`,
    )
  );
}

function readScore(text: string, path: string, { settings }: ProgramRecord): Fraction {
  const score = readValue(text, path);
  const { minimum, maximum } = settings.satisfactionScale;
  if (compare(score, minimum) >= 0 && compare(score, maximum) <= 0) return score;
  return reject(
    'INVALID_VALUE',
    path,
    `${text} is not on the programme's scale from ${formatDecimal(minimum)} to ${formatDecimal(maximum)}.`,
  );
}

function readKind(sent: string, path: string, { settings }: ProgramRecord): string {
  const kind = TO_RECORD.readText(sent, path);
  return settings.measurementKinds.some((declared) => declared.code === kind)
    ? kind
    : reject('UNKNOWN_KIND', path, `The programme declares no measurement of the kind ${quote(kind)}.`);
}

/**
 * A reference stays as it was sent, since it may be stored like that; a text that the database cannot hold is
 * refused.
 */
function readReference(text: string, path: string): string {
  return isStorable(text) && isWritten(text)
    ? text
    : readName(text, (message) => reject('INVALID_VALUE', path, message));
}

const TO_RECORD: Permission = {
  readText: (text, path) => readName(text, (message) => reject('INVALID_VALUE', path, message)),
  readCurrency(sent, path, program) {
    const currency = TO_RECORD.readText(sent, path);
    const known =
      currency === program.settings.currency ||
      program.rulebooks.some(({ rulebook }) =>
        rulebook.currencies.some((table) => table.equal.has(currency)),
      );
    const message = `No rulebook of the programme says what ${quote(currency)} is worth.`;
    return known ? currency : reject('UNKNOWN_CURRENCY', path, message);
  },
};

const AS_RECORDED: Permission = {
  readText: (text, path) =>
    isStorable(text) ? toStoredName(text) : reject('INVALID_VALUE', path, 'This could never be stored.'),
  readCurrency: (currency) => toName(currency),
};

function readAttributes(
  attributes: readonly AttributeInput[],
  path: string,
  { readText }: Permission,
): Readonly<Record<string, string>> {
  if (attributes.length > MAX_ATTRIBUTES) {
    return reject('INVALID_VALUE', path, `There are more than ${MAX_ATTRIBUTES} attributes.`);
  }
  const read = new Map<string, string>();
  for (const [index, { name, value }] of attributes.entries()) {
    const key = readText(name, `${path}[${index}].name`);
    if (read.has(key))
      reject('INVALID_VALUE', `${path}[${index}].name`, `The attribute ${quote(key)} stands here twice.`);
    read.set(key, readText(value, `${path}[${index}].value`));
  }
  return Object.fromEntries(read);
}

function quote(text: string): string {
  return JSON.stringify((text.length > 60 ? `${text.slice(0, 60)}...` : text).toWellFormed());
}
