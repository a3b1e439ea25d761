/** The days that the demo hangs on, as ISO dates. */
export type DemoCalendar = {
  readonly today: string;
  /** The first day of the old rulebook: three years before `newRulesOn`. */
  readonly oldRulesOn: string;
  /** The first day of the new rulebook: the latest 1 October, today included. */
  readonly newRulesOn: string;
  /** The last day under the old rules, on which the published distribution holds. */
  readonly lastOldDay: string;
  /** The first day without the transition's floor. */
  readonly transitionUntil: string;
};

/** Places the demo's rulebooks around `today`, an ISO date; throws a RangeError if it is none. */
export function demoCalendar(today: string): DemoCalendar {
  const day = Temporal.PlainDate.from(today);
  const october = Temporal.PlainDate.from({ year: day.year, month: 10, day: 1 });
  const newRulesOn = Temporal.PlainDate.compare(day, october) < 0 ? october.subtract({ years: 1 }) : october;
  return {
    today: day.toString(),
    oldRulesOn: newRulesOn.subtract({ years: 3 }).toString(),
    newRulesOn: newRulesOn.toString(),
    lastOldDay: newRulesOn.subtract({ days: 1 }).toString(),
    transitionUntil: newRulesOn.add({ years: 1 }).toString(),
  };
}

/** The first day of the window of 12 months that ends with `day` (both ISO dates). */
export function trailingYearStart(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).subtract({ months: 12 }).toString();
}

/** `day` moved by `days`, which may be negative (ISO dates). */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** `day` moved by `months`, which may be negative, and clamped to the month's end (ISO dates). */
export function addMonths(day: string, months: number): string {
  return Temporal.PlainDate.from(day).add({ months }).toString();
}

/** The number of days from one ISO date to another. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}
