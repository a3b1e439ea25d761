import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Day, formatDay } from '../../src/engine/day.ts';
import { nextChangeOn, statusOn } from '../../src/engine/timeline.ts';
import { anyPolicyCase, FIRST_BUSY } from './support/any-policy-case.ts';
import { checkProperty } from './support/check-property.ts';
import { timelineOf } from './support/policy-case.ts';
import { referenceStatuses } from './support/policy-reference.ts';

/** A thousand cases of six years take seconds, and on a busy machine many times that. */
const PATIENCE_MS = 180_000;
/** What happens in the busy days comes to rest in the years after. */
const ALL_DAYS = 2_200;
const TWO_YEARS = 731;

test(
  'rules 3, 4, 17 to 22, 27 and 34: folding by jumps says what folding day by day says, each day and what comes next',
  () => {
    checkProperty(
      fc.property(anyPolicyCase, (given) => {
        const timeline = timelineOf({ ...given, enrolledOn: FIRST_BUSY });
        const start = FIRST_BUSY - 310;
        const expected = referenceStatuses(given, start, FIRST_BUSY + ALL_DAYS);
        const texts = new Map(timeline.map(({ status }) => [status, JSON.stringify(status)]));
        let next: Day | null = null;
        let after: string | null = null;
        for (let index = expected.length - 1; index >= 0; index -= 1) {
          const on = start + index;
          const status = expected[index];
          const text = JSON.stringify(status);
          if (after !== null && text !== after) next = on + 1;
          after = text;
          const said = {
            on: formatDay(on),
            status: statusOn(timeline, on),
            next: nextChangeOn(timeline, on),
          };
          const isSame = (texts.get(said.status) ?? JSON.stringify(said.status)) === text;
          if (!isSame || (on < FIRST_BUSY + TWO_YEARS && said.next !== next)) {
            expect(said).toEqual({ on: formatDay(on), status, next });
          }
        }
      }),
      'policy by jumps and by days',
    );
  },
  PATIENCE_MS,
);
