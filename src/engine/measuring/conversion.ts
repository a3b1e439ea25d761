import type { WorthOf } from '../partner/fact-field.ts';
import type { CurrencyTable, Rulebook } from '../rulebook/rulebook.ts';
import type { Day } from '../values/day.ts';
import { divide, type Fraction, multiply } from '../values/fraction.ts';

/** What facts are worth by a rulebook. */
export function worthBy(rulebook: Rulebook): WorthOf {
  return ({ value, currency, occurredOn }) =>
    value === null || currency === null ? value : convert(value, currency, occurredOn, rulebook);
}

/**
 * An amount of a day in the programme's currency, exactly, by the table in force on that day; null if the
 * rulebook doesn't know the currency.
 */
export function convert(amount: Fraction, currency: string, on: Day, rulebook: Rulebook): Fraction | null {
  if (currency === rulebook.currency) return amount;
  const table = tableOn(rulebook.currencies, on);
  const [from, to] = [table?.equal.get(currency), table?.equal.get(rulebook.currency)];
  if (from === undefined || to === undefined) return null;
  return divide(multiply(amount, to), from);
}

function tableOn(tables: readonly CurrencyTable[], on: Day): CurrencyTable | undefined {
  return tables.findLast((table) => table.from <= on) ?? tables[0];
}
