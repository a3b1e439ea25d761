import type { Shift, Span, Window } from '../rulebook/metric.ts';
import { addMonths, type Day, type DayRange, type Days } from '../values/day.ts';
import { anniversary, periodStart } from './period.ts';

/** The days whose facts count on `on`, for a partner enrolled on `enrolledOn`. */
export function windowOn({ shift, ...span }: Window, on: Day, enrolledOn: Day): DayRange {
  return spanOn(span, dayBack(on, shift), enrolledOn, periodsIn(shift));
}

/**
 * The other way round: the days on which a fact of `occurredOn` counts, from `from` until before `until`
 * (Infinity if for ever). For every window they are one unbroken run; it is empty where a shift by months
 * skips the days that would look at this one.
 */
export function countedDays({ shift, ...span }: Window, occurredOn: Day, enrolledOn: Day): Days {
  const { from, until } = spanDays(span, occurredOn, enrolledOn, periodsIn(shift));
  return { from: firstLookingAt(from, shift), until: firstLookingAt(until, shift) };
}

/** A span on a day; of complete periods those that ended `back` periods earlier. */
function spanOn(span: Span, on: Day, enrolledOn: Day, back: number): DayRange {
  switch (span.type) {
    case 'TRAILING_MONTHS':
      return { from: addMonths(on + 1, -span.months), until: on + 1 };
    case 'TRAILING_DAYS':
      return { from: on + 1 - span.days, until: on + 1 };
    case 'PERIODS': {
      const { unit, firstMonth, last } = span;
      const start = (periods: number): Day => periodStart(on, unit, firstMonth, periods);
      return last === 0
        ? { from: start(0), until: on + 1 }
        : { from: start(-last - back), until: start(-back) };
    }
    case 'ANNIVERSARY':
      return { from: anniversary(enrolledOn, on), until: on + 1 };
    case 'ALL_TIME':
      return { from: null, until: on + 1 };
  }
}

/** The days on which a span that is not shifted otherwise counts a fact. */
function spanDays(span: Span, occurredOn: Day, enrolledOn: Day, back: number): Days {
  switch (span.type) {
    case 'TRAILING_MONTHS': {
      let end = addMonths(occurredOn + 1, span.months);
      // If the month of `end` is shorter, several days have the same start.
      while (addMonths(end, -span.months) <= occurredOn) end += 1;
      return { from: occurredOn, until: end - 1 };
    }
    case 'TRAILING_DAYS':
      return { from: occurredOn, until: occurredOn + span.days };
    case 'PERIODS': {
      const { unit, firstMonth, last } = span;
      const start = (periods: number): Day => periodStart(occurredOn, unit, firstMonth, periods);
      return last === 0
        ? { from: occurredOn, until: start(1) }
        : { from: start(1 + back), until: start(1 + back + last) };
    }
    case 'ANNIVERSARY':
      return { from: occurredOn, until: anniversary(enrolledOn, occurredOn, 1) };
    case 'ALL_TIME':
      return { from: occurredOn, until: Number.POSITIVE_INFINITY };
  }
}

/** The day whose window a shift by days or months takes on `on`. */
function dayBack(on: Day, shift: Shift | null): Day {
  if (shift === null || 'periods' in shift) return on;
  return 'days' in shift ? on - shift.days : addMonths(on + 1, -shift.months) - 1;
}

/** The first day on which the shift looks at `day` or a later one. */
function firstLookingAt(day: Day, shift: Shift | null): Day {
  if (shift === null || 'periods' in shift || !Number.isFinite(day)) return day;
  if ('days' in shift) return day + shift.days;
  let first = addMonths(day + 1, shift.months) - 1;
  // Where its month is too short, the day itself is skipped.
  while (dayBack(first, shift) < day) first += 1;
  return first;
}

function periodsIn(shift: Shift | null): number {
  return shift !== null && 'periods' in shift ? shift.periods : 0;
}
