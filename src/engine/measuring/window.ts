import type { Window } from '../rulebook/metric.ts';
import type { DayRange } from '../values/day.ts';
import { addMonths, type Day } from '../values/day.ts';
import { anniversary, periodStart } from './period.ts';

/** The days whose facts count on `on`, for a partner enrolled on `enrolledOn`. */
export function windowOn(window: Window, on: Day, enrolledOn: Day): DayRange {
  switch (window.type) {
    case 'TRAILING_MONTHS':
      return { from: addMonths(on + 1, -window.months), until: on + 1 };
    case 'TRAILING_DAYS':
      return { from: on + 1 - window.days, until: on + 1 };
    case 'PERIODS': {
      const { unit, firstMonth, last } = window;
      const running = periodStart(on, unit, firstMonth);
      return last === 0
        ? { from: running, until: on + 1 }
        : { from: periodStart(on, unit, firstMonth, -last), until: running };
    }
    case 'ANNIVERSARY':
      return { from: anniversary(enrolledOn, on), until: on + 1 };
    case 'ALL_TIME':
      return { from: null, until: on + 1 };
  }
}

/**
 * The other way round: the days on which a fact of `occurredOn` counts, from `from` until before `until`
 * (Infinity if for ever). For every window they are one unbroken run.
 */
export function countedDays(window: Window, occurredOn: Day, enrolledOn: Day): { from: Day; until: Day } {
  switch (window.type) {
    case 'TRAILING_MONTHS': {
      let end = addMonths(occurredOn + 1, window.months);
      // If the month of `end` is shorter, several days have the same start.
      while (addMonths(end, -window.months) <= occurredOn) end += 1;
      return { from: occurredOn, until: end - 1 };
    }
    case 'TRAILING_DAYS':
      return { from: occurredOn, until: occurredOn + window.days };
    case 'PERIODS': {
      const { unit, firstMonth, last } = window;
      const next = periodStart(occurredOn, unit, firstMonth, 1);
      return last === 0
        ? { from: occurredOn, until: next }
        : { from: next, until: periodStart(occurredOn, unit, firstMonth, last + 1) };
    }
    case 'ANNIVERSARY':
      return { from: occurredOn, until: anniversary(enrolledOn, occurredOn, 1) };
    case 'ALL_TIME':
      return { from: occurredOn, until: Number.POSITIVE_INFINITY };
  }
}
