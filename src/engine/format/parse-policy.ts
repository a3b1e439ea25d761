import { PERIOD_UNITS } from '../rulebook/metric.ts';
import {
  type Demotion,
  PLAIN_POLICY,
  type Policy,
  type Promotion,
  type Review,
  type ReviewCalendar,
  type Transition,
} from '../rulebook/policy-rules.ts';
import { dayOf, yearMonthDay } from '../values/day.ts';
import { durationShape } from './parse-window.ts';
import { pointer } from './problem.ts';
import { choice, date, integer, text } from './scalar-shape.ts';
import { byKey, byText, list, mapped, object, optional, optionalSince2, type Shape } from './shape.ts';

const A_LEAP_YEAR = 2000;

const dayOfYear = mapped(
  text(/^\d{2}-\d{2}$/, 'a day of the year, such as "07-01"'),
  (value, path, reading) => {
    const [month, dayOfMonth] = [Number(value.slice(0, 2)), Number(value.slice(3))];
    const read = yearMonthDay(dayOf(A_LEAP_YEAR, month, dayOfMonth));
    if (read.month !== month || read.dayOfMonth !== dayOfMonth) {
      return reading.refuse(path, `There is no day ${value} in any year.`);
    }
    return value === '02-29'
      ? reading.refuse(path, 'Not every year has a 29 February.')
      : { month, dayOfMonth };
  },
);

/** A day of the year, or the last of its month where the month has no such day. */
const dayOfAnyYear = mapped(
  text(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a month and a day, such as "12-31"'),
  (value) => ({ month: Number(value.slice(0, 2)), dayOfMonth: Number(value.slice(3)) }),
);

const calendars: Readonly<Record<string, Shape<ReviewCalendar>>> = {
  daysOfYear: object({ daysOfYear: list(dayOfYear, 'daysOfYear', 1) }, ({ daysOfYear }) => {
    // A day that is there twice is one review.
    const days = new Map(daysOfYear.map((day) => [day.month * 100 + day.dayOfMonth, day]));
    return { type: 'DAYS_OF_YEAR', days: [...days.values()] };
  }),
  daysOfMonth: object(
    { daysOfMonth: list(integer(1, 31), 'daysOfMonth', 1) },
    ({ daysOfMonth }, path, reading) =>
      reading.allows(2, '"daysOfMonth"', pointer(path, 'daysOfMonth'))
        ? { type: 'DAYS_OF_MONTH', days: [...new Set(daysOfMonth)] }
        : undefined,
  ),
  fiscal: object(
    { fiscal: choice(PERIOD_UNITS), offsetDays: optional(integer(0, 366)) },
    ({ fiscal, offsetDays = 0 }) => ({ type: 'FISCAL', unit: fiscal, offsetDays }),
  ),
  calendar: object(
    { calendar: choice(PERIOD_UNITS), offsetDays: optional(integer(0, 366)) },
    ({ calendar, offsetDays = 0 }, path, reading) =>
      reading.allows(2, '"calendar"', pointer(path, 'calendar'))
        ? { type: 'CALENDAR', unit: calendar, offsetDays }
        : undefined,
  ),
  anniversary: object({ anniversary: choice([true]) }, () => ({ type: 'ANNIVERSARY' })),
};

const termShape: Shape<ReviewCalendar> = object(
  { term: object({ months: integer(1, 1_200) }, (term) => term) },
  ({ term }, path, reading) =>
    reading.allows(2, '"term"', pointer(path, 'term')) ? { type: 'TERM', months: term.months } : undefined,
);

function reviewShape(calendar: Shape<ReviewCalendar>): Shape<Review> {
  return object(
    {
      calendar,
      measuredDaysBefore: optional(integer(0, 366)),
      measuredOn: optionalSince2(dayOfAnyYear),
    },
    ({ calendar: read, measuredDaysBefore, measuredOn }, path, reading) => {
      if (measuredOn !== undefined && measuredDaysBefore !== undefined) {
        return reading.refuse(
          pointer(path, 'measuredOn'),
          'A review looks at one day: either "measuredOn" or "measuredDaysBefore".',
        );
      }
      return { calendar: read, measured: measuredOn ?? { daysBefore: measuredDaysBefore ?? 0 } };
    },
  );
}

const promotionReview = reviewShape(byKey<ReviewCalendar>(calendars));
const demotionReview = reviewShape(byKey<ReviewCalendar>({ ...calendars, term: termShape }));

const stepShape = choice(['WHOLE', 'ONE_STEP']);

const promotionShape: Shape<Promotion> = byText<Promotion>('mode', {
  AT_ONCE: object(
    { mode: choice(['AT_ONCE']), delay: optionalSince2(durationShape) },
    ({ mode, delay = null }) => ({ mode, delay }),
  ),
  ON_REVIEW: object({ mode: choice(['ON_REVIEW']), review: promotionReview }, ({ mode, review }) => ({
    mode,
    ...review,
  })),
});

const demotionShape: Shape<Demotion> = byText<Demotion>('mode', {
  AT_ONCE: object(
    { mode: choice(['AT_ONCE']), step: optional(choice(['WHOLE'])) },
    ({ mode, step = 'WHOLE' }) => ({
      mode,
      step,
    }),
  ),
  ON_REVIEW: object(
    { mode: choice(['ON_REVIEW']), review: demotionReview, step: optional(stepShape) },
    ({ mode, review, step = 'WHOLE' }) => ({ mode, ...review, step }),
  ),
  GRACE: object(
    { mode: choice(['GRACE']), grace: durationShape, step: optional(stepShape) },
    ({ mode, grace, step = 'WHOLE' }) => ({ mode, grace, step }),
  ),
});

/** How the effective tier follows the computed one; what is left out is as in PLAIN_POLICY. */
export const policyShape: Shape<Policy> = object(
  {
    promotion: optional(promotionShape),
    demotion: optional(demotionShape),
    lock: optional(durationShape),
    onInsufficient: optional(choice(['LOSE', 'KEEP'])),
    atRiskDays: optional(integer(1, 366)),
  },
  ({ promotion, demotion, lock, onInsufficient, atRiskDays }) => ({
    promotion: promotion ?? PLAIN_POLICY.promotion,
    demotion: demotion ?? PLAIN_POLICY.demotion,
    lock: lock ?? PLAIN_POLICY.lock,
    onInsufficient: onInsufficient ?? PLAIN_POLICY.onInsufficient,
    atRiskDays: atRiskDays ?? PLAIN_POLICY.atRiskDays,
  }),
);

export const transitionShape: Shape<Transition> = object(
  { mode: choice(['FLOOR', 'BOTH']), until: date },
  (transition) => transition,
);
