import { quoted } from '../../engine/format/problem.ts';
import { PROGRAM_LIMITS, RULEBOOK_LIMITS } from '../../engine/format/rulebook-limits.ts';
import { BUILT_IN_KINDS } from '../../engine/rulebook/fact-type.ts';
import { compare, parseDecimal, ZERO } from '../../engine/values/fraction.ts';
import { DEFAULT_LOCALE, type Locale, withDefault } from '../../engine/values/language.ts';
import { findNameProblem, findTextProblem, toName } from '../../engine/values/naming-text.ts';
import type { MeasurementKind, ProgramSettings } from '../../engine/values/program.ts';
import { type Refused, refuse } from '../context/app.ts';
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

/** Something about the input that isn't right, with its place in it. */
export type InvalidInput = Refused<'INVALID_INPUT'> & { readonly path: string };

const CODE = /^[a-z][a-z0-9-]{0,49}$/;
const KIND = /^[a-z][a-z0-9_]{0,49}$/;
const CURRENCY = /^[A-Z]{3}$/;

const { names, units, measurementKinds } = PROGRAM_LIMITS;
const { languages } = RULEBOOK_LIMITS;

/** What is wrong with a programme that is to be made; null if nothing is. */
export function checkProgram(command: CreateProgram): InvalidInput | null {
  const invalid = (path: string, message: string): InvalidInput => ({
    ...refuse('INVALID_INPUT', message),
    path,
  });
  if (!CODE.test(command.code)) {
    return invalid('code', 'A code is a small letter, then up to 49 small letters, digits and hyphens.');
  }
  const problem = findTextProblem(command.name, names, 'ONE_LINE');
  if (problem !== null) return invalid('name', problem);
  if (!isTimeZone(command.timeZone)) {
    return invalid('timeZone', `${quoted(command.timeZone)} is not an IANA time zone such as Europe/Berlin.`);
  }
  if (!CURRENCY.test(command.currency))
    return invalid('currency', 'A currency is three capital letters, as in ISO 4217.');
  const month = command.fiscalYearFirstMonth;
  if (!Number.isInteger(month) || month < 1 || month > 12)
    return invalid('fiscalYearFirstMonth', 'A month is 1 to 12.');
  const minimum = parseDecimal(command.satisfactionScale.minimum);
  const maximum = parseDecimal(command.satisfactionScale.maximum);
  if (minimum === null) return invalid('satisfactionScale.minimum', 'This is not a decimal.');
  if (maximum === null) return invalid('satisfactionScale.maximum', 'This is not a decimal.');
  if (compare(minimum, maximum) >= 0)
    return invalid('satisfactionScale', 'The minimum has to be below the maximum.');
  if (command.measurementKinds.length > measurementKinds) {
    const message = `A programme declares at most ${measurementKinds} kinds, and here are ${command.measurementKinds.length}.`;
    return invalid('measurementKinds', message);
  }
  const seen = new Set<string>(BUILT_IN_KINDS);
  for (const [index, { code, name, unit }] of command.measurementKinds.entries()) {
    const at = `measurementKinds[${index}]`;
    const path = `${at}.code`;
    if (!KIND.test(code))
      return invalid(path, 'A kind is a small letter, then small letters, digits and underscores.');
    if (seen.has(code)) return invalid(path, `The kind ${code} is there already.`);
    seen.add(code);
    const texts = Object.entries(name);
    if (texts.length === 0) return invalid(`${at}.name`, 'A name in at least one language is needed.');
    if (texts.length > languages) return invalid(`${at}.name`, `A name has at most ${languages} languages.`);
    for (const [locale, text] of texts) {
      const wrong = findTextProblem(text, names, 'ONE_LINE');
      if (wrong !== null) return invalid(`${at}.name.${locale}`, wrong);
    }
    const wrong = findNameProblem(unit, units);
    if (wrong !== null) return invalid(`${at}.unit`, wrong);
  }
  return null;
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
