import { createHash } from 'node:crypto';
import { type Day, parseDay } from '../engine/day.ts';
import type { Fact } from '../engine/fact.ts';
import { compare, type Fraction, formatDecimal, parseDecimal } from '../engine/fraction.ts';
import type { ProgramRecord } from '../store/directory.ts';
import type {
  AttributeInput,
  FactDetailInput,
  FactInput,
  RowRejection,
  RowRejectionCode,
} from './fact-input.ts';

/** What a row says, normalized: everything of a fact that its sender decides, the partner still by its reference. */
export type FactContent = Pick<
  Fact,
  | 'externalId'
  | 'kind'
  | 'occurredOn'
  | 'expiresOn'
  | 'value'
  | 'currency'
  | 'person'
  | 'credential'
  | 'customer'
  | 'respondent'
  | 'subject'
  | 'attributes'
> & { readonly partner: string };

const MAX_TEXT = 200;
const MAX_ATTRIBUTES = 20;
const VALUE = /^-?\d{1,24}(\.\d{1,6})?$/;

/** Thrown only within this file, where a row is refused from deep inside its check. */
class Rejected extends Error {
  readonly rejection: RowRejection;
  constructor(rejection: RowRejection) {
    super(rejection.message);
    this.rejection = rejection;
  }
}

const reject = (code: RowRejectionCode, path: string, message: string): never => {
  throw new Rejected({ code, path, message });
};

/** Reads a row for a programme; `path` is the row's place in the input. Whether the partner exists is not looked at. */
export const checkFact = (
  input: FactInput,
  path: string,
  program: ProgramRecord,
): FactContent | RowRejection => {
  try {
    const occurredOn = readDay(input.occurredOn, `${path}.occurredOn`);
    return {
      ...EMPTY,
      externalId: readText(input.externalId, `${path}.externalId`),
      partner: readText(input.partner, `${path}.partner`),
      occurredOn,
      ...readDetail(input.detail, occurredOn, `${path}.detail.${input.detail.type}`, program),
      attributes: readAttributes(input.detail.attributes, `${path}.detail.${input.detail.type}.attributes`),
    };
  } catch (error) {
    if (error instanceof Rejected) return error.rejection;
    throw error;
  }
};

/** SHA-256 (hexadecimal) of a fact's content: equal for rows that say the same, however they wrote it. */
export const fingerprintOf = (
  content: Omit<FactContent, 'partner' | 'externalId'> & { readonly partnerId: string },
): string => {
  const parts = [
    content.partnerId,
    content.kind,
    content.occurredOn,
    content.expiresOn,
    content.value && formatDecimal(content.value),
    content.currency,
    content.person,
    content.credential,
    content.customer,
    content.respondent,
    content.subject,
    Object.entries(content.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
};

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

const readDetail = (detail: FactDetailInput, occurredOn: Day, path: string, program: ProgramRecord) => {
  switch (detail.type) {
    case 'revenue':
      return {
        kind: 'revenue',
        value: readValue(detail.amount, `${path}.amount`),
        currency: readCurrency(detail.currency, `${path}.currency`, program),
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
};

const readText = (text: string, path: string): string => {
  if (text.trim() === '') return reject('INVALID_VALUE', path, 'This must not be empty.');
  if (text.length > MAX_TEXT)
    return reject('INVALID_VALUE', path, `This is longer than ${MAX_TEXT} characters.`);
  // PostgreSQL's text has no NUL, and lone surrogates have no UTF-8.
  if (text.includes('\0') || !text.isWellFormed()) {
    return reject('INVALID_VALUE', path, 'This has a character that no text may have.');
  }
  return text;
};

const readOptional = (text: string | null, path: string): string | null =>
  text === null ? null : readText(text, path);

const readDay = (text: string, path: string): Day =>
  parseDay(text) ?? reject('INVALID_VALUE', path, `${quote(text)} is not a day; write it like 2026-11-23.`);

const readExpiry = (text: string | null, occurredOn: Day, path: string): Day | null => {
  if (text === null) return null;
  const day = readDay(text, path);
  return day > occurredOn
    ? day
    : reject('INVALID_VALUE', path, 'The first day not valid has to be after occurredOn.');
};

const readValue = (text: string, path: string): Fraction => {
  const value = VALUE.test(text) ? parseDecimal(text) : null;
  return (
    value ??
    reject(
      'INVALID_VALUE',
      path,
      `${quote(text)} is not a decimal of at most 24 digits before and 6 after the point.`,
    )
  );
};

const readScore = (text: string, path: string, { settings }: ProgramRecord): Fraction => {
  const score = readValue(text, path);
  const { minimum, maximum } = settings.satisfactionScale;
  if (compare(score, minimum) >= 0 && compare(score, maximum) <= 0) return score;
  return reject(
    'INVALID_VALUE',
    path,
    `${text} is not on the programme's scale from ${formatDecimal(minimum)} to ${formatDecimal(maximum)}.`,
  );
};

const readCurrency = (currency: string, path: string, program: ProgramRecord): string => {
  const known =
    currency === program.settings.currency ||
    program.rulebooks.some(({ rulebook }) => rulebook.currencies.some((table) => table.equal.has(currency)));
  return known
    ? currency
    : reject('UNKNOWN_CURRENCY', path, `No rulebook of the programme says what ${quote(currency)} is worth.`);
};

const readKind = (kind: string, path: string, { settings }: ProgramRecord): string =>
  settings.measurementKinds.some((declared) => declared.code === kind)
    ? kind
    : reject('UNKNOWN_KIND', path, `The programme declares no measurement of the kind ${quote(kind)}.`);

const readAttributes = (
  attributes: readonly AttributeInput[],
  path: string,
): Readonly<Record<string, string>> => {
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
};

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
