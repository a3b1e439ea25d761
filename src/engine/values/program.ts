import type { Fraction } from './fraction.ts';

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** A text in every language that tiergraph speaks. */
export type LocalizedText = Readonly<Record<Locale, string>>;

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
  /** Whether persons that differ only in case are one; said once, when the programme is made. */
  readonly personsIgnoreCase?: boolean;
  /** The same of the external references of partners. */
  readonly referencesIgnoreCase?: boolean;
};
