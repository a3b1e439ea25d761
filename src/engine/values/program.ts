import type { Fraction } from './fraction.ts';
import type { Locale, LocalizedText } from './language.ts';

/**
 * A kind of measurement that a programme declares, for example `active_users`; in the unit `%` the value 1 is
 * 100 %.
 */
export type MeasurementKind = { readonly code: string; readonly name: LocalizedText; readonly unit: string };

/** What the engine needs to know of a programme; its code and name are the store's. */
export type ProgramSettings = {
  /** ISO 4217, the currency in which revenue is measured. */
  readonly currency: string;
  /** 1 to 12. */
  readonly fiscalYearFirstMonth: number;
  readonly satisfactionScale: { readonly minimum: Fraction; readonly maximum: Fraction };
  readonly measurementKinds: readonly MeasurementKind[];
  /** Texts are told in it where they have no nearer language; English if left out. */
  readonly defaultLocale?: Locale;
  /** Whether persons that differ only in case are one; said once, when the programme is made. */
  readonly personsIgnoreCase?: boolean;
  /** The same of the external references of partners. */
  readonly referencesIgnoreCase?: boolean;
};
