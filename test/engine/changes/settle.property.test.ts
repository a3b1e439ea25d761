import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../../src/engine/changes/change.ts';
import { settle } from '../../../src/engine/changes/settle.ts';
import type { Timeline } from '../../../src/engine/partner/status.ts';
import { statusOn } from '../../../src/engine/policy/timeline.ts';
import type { PublishedRulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { Day } from '../../../src/engine/values/day.ts';
import { believed, noBelief, replay } from '../../support/log-belief.ts';
import { anyPolicyInputs, anyStepsFor, BUSY_DAYS, FIRST_BUSY } from '../support/any-policy-inputs.ts';
import { checkProperty } from '../support/check-property.ts';
import { timelineOf } from '../support/policy-inputs.ts';

const busyDays = fc
  .tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 0, max: BUSY_DAYS })))
  .map((days) => days.sort((a, b) => a - b).map((days) => FIRST_BUSY + days));

const twoWrites = anyPolicyInputs.chain((before) =>
  fc.record({
    before: fc.constant(before),
    after: fc
      .tuple(...before.rulebooks.map(({ rulebook }) => anyStepsFor(rulebook.tiers.length)))
      .map((computed) => ({ ...before, computed })),
    days: busyDays,
  }),
);

test('rules 24 to 27: who replays the log believes what the current standing says, after each write', () => {
  checkProperty(
    fc.property(twoWrites, ({ before, after, days }) => {
      const { rulebooks } = before;
      const [first, second] = [before, after].map((each) => timelineOf({ ...each, enrolledOn: FIRST_BUSY }));
      const [enrolledOn, writtenOn, dueOn] = days;
      if (first === undefined || second === undefined) throw new Error('Two timelines.');
      if (enrolledOn === undefined || writtenOn === undefined || dueOn === undefined)
        throw new Error('Three days.');
      const belief = noBelief();
      const log: Change[] = [];
      const write = (previous: Timeline | null, judgedOn: Day, next: Timeline, today: Day) => {
        const judged = previous === null ? null : { timeline: previous, judgedOn, rulebooks };
        const changes = settle({ previous: judged, next, today, trigger: 'FACT', rulebooks });
        for (const change of changes) replay(belief, change);
        log.push(...changes);
        expect(belief).toEqual(believed(statusOn(next, today)));
        const tiers = changes.filter(({ detail }) => detail.type === 'TierChanged');
        expect(new Set(tiers.map(({ on, trigger }) => `${on} ${trigger}`)).size).toBe(tiers.length);
      };
      write(null, enrolledOn, first, enrolledOn);
      write(first, enrolledOn, second, writtenOn);
      write(second, writtenOn, second, dueOn);
      expect(log.map(({ on }) => on)).toEqual(log.map(({ on }) => on).sort((a, b) => a - b));
    }),
    'replaying the log',
  );
});

test('rule 25: catching up at once or day by day logs the same', () => {
  checkProperty(
    fc.property(anyPolicyInputs, busyDays, (given, [from = FIRST_BUSY, , until = FIRST_BUSY]) => {
      const timeline = timelineOf({ ...given, enrolledOn: FIRST_BUSY });
      const daily: Change[] = [];
      for (let on = from + 1; on <= until; on += 1)
        daily.push(...passed(timeline, on - 1, on, given.rulebooks));
      expect(passed(timeline, from, until, given.rulebooks)).toEqual(daily);
    }),
    'catching up',
  );
});

function passed(
  timeline: Timeline,
  judgedOn: Day,
  today: Day,
  rulebooks: readonly PublishedRulebook[],
): Change[] {
  return settle({
    previous: { timeline, judgedOn, rulebooks },
    next: timeline,
    today,
    trigger: 'FACT',
    rulebooks,
  });
}
