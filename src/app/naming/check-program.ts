import { type Problem, quoted } from '../../engine/format/problem.ts';
import { PROGRAM_LIMITS, RULEBOOK_LIMITS } from '../../engine/format/rulebook-limits.ts';
import { BUILT_IN_KINDS } from '../../engine/rulebook/fact-type.ts';
import { compare, parseDecimal, ZERO } from '../../engine/values/fraction.ts';
import {
  DEFAULT_LOCALE,
  type Locale,
  type LocalizedText,
  withDefault,
} from '../../engine/values/language.ts';
import { findNameProblem, findTextProblem, toName } from '../../engine/values/naming-text.ts';
import type { MeasurementKind, ProgramSettings } from '../../engine/values/program.ts';
import type { Refused } from '../context/app.ts';
import { isTimeZone } from '../context/clock.ts';

export type CreateProgram = {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly fiscalYearFirstMonth: number;
  readonly satisfactionScale: { readonly minimum: string; readonly maximum: string };
  readonly measurementKinds: readonly MeasurementKind[];
  /** English if left out. */
  readonly defaultLocale?: Locale;
  /**
   * Whether persons, or references of partners, that differ only in case are one. It cannot be changed later.
   * False if left out.
   */
  readonly personsIgnoreCase?: boolean;
  readonly referencesIgnoreCase?: boolean;
};

/** What is not right about the input: the first problem, and all of them. */
export type InvalidInput = Refused<'INVALID_INPUT'> & { readonly problems: readonly Problem[] };

const CODE = /^[a-z][a-z0-9-]{0,49}$/;
const KIND = /^[a-z][a-z0-9_]{0,49}$/;
const CURRENCY = /^[A-Z]{3}$/;

const { names, units, measurementKinds } = PROGRAM_LIMITS;
const { languages, problems: MOST_TOLD } = RULEBOOK_LIMITS;

/** What is wrong with a programme that is to be made, in the order of its input; the first problems only. */
export function checkProgram(command: CreateProgram): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string | null): void => {
    if (message !== null) problems.push({ path, message });
  };
  if (!CODE.test(command.code)) {
    refuse('code', 'A code is a small letter, then up to 49 small letters, digits and hyphens.');
  }
  refuse('name', findTextProblem(command.name, names, 'ONE_LINE'));
  if (!isTimeZone(command.timeZone)) {
    refuse('timeZone', `${quoted(command.timeZone)} is not an IANA time zone such as Europe/Berlin.`);
  }
  if (!CURRENCY.test(command.currency)) {
    refuse('currency', 'A currency is three capital letters, as in ISO 4217.');
  }
  const month = command.fiscalYearFirstMonth;
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    refuse('fiscalYearFirstMonth', 'A month is 1 to 12.');
  }
  const minimum = parseDecimal(command.satisfactionScale.minimum);
  const maximum = parseDecimal(command.satisfactionScale.maximum);
  if (minimum === null) refuse('satisfactionScale.minimum', 'This is not a decimal.');
  if (maximum === null) refuse('satisfactionScale.maximum', 'This is not a decimal.');
  if (minimum !== null && maximum !== null && compare(minimum, maximum) >= 0) {
    refuse('satisfactionScale', 'The minimum has to be below the maximum.');
  }
  const { length } = command.measurementKinds;
  if (length > measurementKinds) {
    const message = `A programme declares at most ${measurementKinds} kinds, and here are ${length}.`;
    refuse('measurementKinds', message);
    return problems;
  }
  const seen = new Set<string>(BUILT_IN_KINDS);
  for (const [index, kind] of command.measurementKinds.entries()) {
    const at = `measurementKinds[${index}]`;
    const { code } = kind;
    if (!KIND.test(code)) {
      refuse(`${at}.code`, 'A kind is a small letter, then small letters, digits and underscores.');
    }
    if (seen.has(code)) refuse(`${at}.code`, `The kind ${code} is there already.`);
    seen.add(code);
    checkName(kind.name, `${at}.name`, refuse);
    refuse(`${at}.unit`, findNameProblem(kind.unit, units));
  }
  return problems.slice(0, MOST_TOLD);
}

function checkName(
  name: LocalizedText,
  at: string,
  refuse: (path: string, message: string | null) => void,
): void {
  const texts = Object.entries(name);
  if (texts.length === 0) refuse(at, 'A name in at least one language is needed.');
  if (texts.length > languages) {
    refuse(at, `A name has at most ${languages} languages.`);
    return;
  }
  for (const [locale, text] of texts) refuse(`${at}.${locale}`, findTextProblem(text, names, 'ONE_LINE'));
}

/** The command with the texts that name something in their one form. */
export function readProgramNames(command: CreateProgram): CreateProgram {
  return {
    ...command,
    code: toName(command.code),
    timeZone: toName(command.timeZone),
    currency: toName(command.currency),
    measurementKinds: command.measurementKinds.map(({ code, name, unit }) => ({
      code: toName(code),
      name,
      unit: toName(unit),
    })),
  };
}

/** What the engine has to know of a programme whose input was checked. */
export function settingsOf(command: CreateProgram): ProgramSettings {
  const { currency, fiscalYearFirstMonth, satisfactionScale, measurementKinds } = command;
  const defaultLocale = command.defaultLocale ?? DEFAULT_LOCALE;
  return {
    currency,
    fiscalYearFirstMonth,
    satisfactionScale: {
      minimum: parseDecimal(satisfactionScale.minimum) ?? ZERO,
      maximum: parseDecimal(satisfactionScale.maximum) ?? ZERO,
    },
    measurementKinds: measurementKinds.map((kind) => ({
      ...kind,
      name: withDefault(kind.name, defaultLocale),
    })),
    defaultLocale,
  };
}
