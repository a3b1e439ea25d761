import { PERIOD_UNITS, type Shift, type Span, type Window } from '../rulebook/metric.ts';
import type { RulebookReading } from './rulebook-reading.ts';
import { choice, integer } from './scalar-shape.ts';
import { byKey, object, optional, optionalSince2, type Shape } from './shape.ts';

const UP_TO_A_CENTURY = { months: 1_200, days: 36_525 } as const;

/** A number of months or of days. */
export const durationShape = object(
  { months: optional(integer(1, UP_TO_A_CENTURY.months)), days: optional(integer(1, UP_TO_A_CENTURY.days)) },
  ({ months, days }) => (months !== undefined ? { months } : days !== undefined ? { days } : undefined),
  ['months', 'days'],
);

const MOST_PERIODS = 400;

const shiftShape: Shape<Shift> = object(
  {
    days: optional(integer(1, UP_TO_A_CENTURY.days)),
    months: optional(integer(1, UP_TO_A_CENTURY.months)),
    periods: optional(integer(1, MOST_PERIODS)),
  },
  ({ days, months, periods }) =>
    days !== undefined
      ? { days }
      : months !== undefined
        ? { months }
        : periods !== undefined
          ? { periods }
          : undefined,
  ['days', 'months', 'periods'],
);

const shifted = { shift: optionalSince2(shiftShape) };
const periodFields = { last: optional(integer(1, MOST_PERIODS)), ...shifted };

/** Which days' facts a metric counts. */
export const windowShape: Shape<Window> = byKey<Window>({
  trailing: object({ trailing: durationShape, ...shifted }, ({ trailing, shift }, path, reading) =>
    shiftedBy(
      'months' in trailing
        ? { type: 'TRAILING_MONTHS', months: trailing.months }
        : { type: 'TRAILING_DAYS', days: trailing.days },
      shift,
      path,
      reading,
    ),
  ),
  fiscal: object(
    { fiscal: choice(PERIOD_UNITS), ...periodFields },
    ({ fiscal, last, shift }, path, reading) => {
      const firstMonth = reading.program.fiscalYearFirstMonth;
      return shiftedBy({ type: 'PERIODS', unit: fiscal, firstMonth, last: last ?? 0 }, shift, path, reading);
    },
  ),
  calendar: object(
    { calendar: choice(PERIOD_UNITS), ...periodFields },
    ({ calendar, last, shift }, path, reading) =>
      shiftedBy({ type: 'PERIODS', unit: calendar, firstMonth: 1, last: last ?? 0 }, shift, path, reading),
  ),
  anniversary: object({ anniversary: choice([true]), ...shifted }, ({ shift }, path, reading) =>
    shiftedBy({ type: 'ANNIVERSARY' }, shift, path, reading),
  ),
  allTime: object({ allTime: choice([true]), ...shifted }, ({ shift }, path, reading) =>
    shiftedBy({ type: 'ALL_TIME' }, shift, path, reading),
  ),
});

/** Complete periods are shifted as a whole, and everything else by days or months. */
function shiftedBy(
  span: Span,
  shift: Shift | undefined,
  path: string,
  reading: RulebookReading,
): Window | undefined {
  if (shift === undefined) return { ...span, shift: null };
  const isWhole = span.type === 'PERIODS' && span.last > 0;
  if ('periods' in shift === isWhole) return { ...span, shift };
  return reading.refuse(
    `${path}/shift`,
    isWhole
      ? 'Complete periods are shifted by whole ones: write "periods" instead of days or months.'
      : 'Only complete periods, those with "last", are shifted by "periods": write days or months.',
  );
}
