import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Status } from '../../../src/engine/partner/status.ts';
import { judgePartner } from '../../../src/engine/policy/judge-partner.ts';
import { computeTimeline, statusOn } from '../../../src/engine/policy/timeline.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { believed, noBelief, replay } from '../../support/log-belief.ts';
import { anyHistory } from '../support/any-history.ts';
import { checkProperty } from '../support/check-property.ts';
import { caseAt, live, type World } from '../support/history.ts';

/** Any order of arrival, and some of it twice. */
function mixed<T>(list: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc
    .tuple(fc.shuffledSubarray([...list], { minLength: list.length }), fc.subarray([...list]))
    .map(([all, some]) => [...all, ...some]);
}

const NOW = Number.MAX_SAFE_INTEGER;

test('rules 2, 3, 24 and 25: what was stored step by step is what a full replay says, on each day and in the log', () => {
  const histories = anyHistory(false).chain((history) => {
    const world = live(history);
    const known = caseAt(world, NOW);
    return fc.record({
      world: fc.constant(world),
      facts: mixed(known.facts),
      overrides: mixed(known.overrides),
    });
  });
  checkProperty(
    fc.property(histories, ({ world, facts, overrides }) => {
      // All at once, in any order, and some of it twice: duplicates of an override would overlap it, so it
      // stays one.
      const replayed = computeTimeline({ ...caseAt(world, NOW), facts, overrides: [...new Set(overrides)] });
      expect(world.stored.timeline).toEqual(replayed);
      expectLogOfEachDay(world);
    }),
    'step by step and at once',
  );
});

/** On each day the log says what a recomputation says from what was known at the end of that day. */
function expectLogOfEachDay(world: World): void {
  const { log, judgements, stored } = world;
  const belief = noBelief();
  const first = judgements[0];
  if (first === undefined) throw new Error('enrolment judges');
  let taken = 0;
  let judged = 0;
  let timeline = computeTimeline(caseAt(world, first.knownAt));
  for (let on = first.on; on <= stored.judgedOn; on += 1) {
    let knownAt: number | null = null;
    for (let next = judgements[judged]; next !== undefined && next.on <= on; next = judgements[judged]) {
      knownAt = next.knownAt;
      judged += 1;
    }
    if (knownAt !== null) timeline = computeTimeline(caseAt(world, knownAt));
    for (let change = log[taken]; change !== undefined && change.on <= on; change = log[taken]) {
      replay(belief, change);
      taken += 1;
    }
    expect([formatDay(on), belief]).toEqual([formatDay(on), believed(statusOn(timeline, on))]);
  }
  expect(taken).toBe(log.length);
}

test('rules 2 and 3: knownAt replays every answer as it was given, whatever was recorded, corrected or voided since', () => {
  checkProperty(
    fc.property(anyHistory(true), (history) => {
      const world = live(history);
      for (const { on, knownAt, standing } of world.answers) {
        expect(judgePartner(caseAt(world, knownAt), on)).toEqual(standing);
      }
    }),
    'answers again',
  );
});

test('rule 24: HistoryRevised names the days of the past that became different, and no others', () => {
  checkProperty(
    fc.property(anyHistory(false), (history) => {
      const world = live(history);
      const revised = world.log.flatMap(({ on, detail }) =>
        detail.type === 'HistoryRevised' ? [{ on, ...detail }] : [],
      );
      const expected = [];
      for (const [index, { on, knownAt }] of world.judgements.entries()) {
        const before = world.judgements[index - 1];
        if (before === undefined || before.knownAt === knownAt) continue;
        const [was, is] = [before.knownAt, knownAt].map((at) => computeTimeline(caseAt(world, at)));
        if (was === undefined || is === undefined) throw new Error('two timelines');
        const differing = [];
        for (let past = world.enrolledOn - 400; past < on; past += 1) {
          const [a, b] = [statusOn(was, past), statusOn(is, past)].map(decided);
          if (a !== b) differing.push(past);
        }
        const [fromOn] = differing;
        const last = differing.at(-1);
        if (fromOn !== undefined && last !== undefined) {
          expected.push({ on, type: 'HistoryRevised', fromOn, untilOn: last + 1 });
        }
      }
      expect(revised).toEqual(expected);
    }),
    'history revised',
  );
});

const decidedOf = new WeakMap<Status, string>();
/** What a status decided, without what it foresaw. */
function decided(status: Status): string {
  const known = decidedOf.get(status);
  if (known !== undefined) return known;
  const { holds, risk: _, ...others } = status;
  const text = JSON.stringify([others, holds.map(({ reason }) => reason)]);
  decidedOf.set(status, text);
  return text;
}
