import type { Change, Trigger } from '../../engine/changes/change.ts';
import { type Judged, settle } from '../../engine/changes/settle.ts';
import type { Timeline } from '../../engine/partner/status.ts';
import { historyInSteps } from '../../engine/policy/timeline.ts';
import type { Day } from '../../engine/values/day.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import type { LockedPartner } from '../../store/writing/lock-partners.ts';
import {
  type LoadedInputs,
  rulebooksAtVersion,
  rulebooksKnownAt,
} from '../../store/writing/partner-inputs.ts';
import { dayIn } from '../context/clock.ts';
import { finishGivingWay, type GiveWay } from '../context/give-way.ts';

/** What a partner is judged by now, and what set that off. */
export type News = {
  readonly program: ProgramRecord;
  readonly known: LoadedInputs;
  /** By all that is known. */
  readonly timeline: Timeline;
  readonly today: Day;
  readonly trigger: Trigger;
  readonly giveWay: GiveWay;
};

/**
 * Everything that changed about a partner since it was last judged, each change on its own day. A new
 * rulebook counts from the day of its publication and a withdrawal from its own day, as if the partner had
 * been judged then. A change on a later day belongs to that day, however long judging took. A rulebook that
 * was published and withdrawn in between never counted.
 */
export async function changesSince(partner: LockedPartner, news: News): Promise<readonly Change[]> {
  const { program, known, timeline, today, trigger, giveWay } = news;
  if (partner.judgedOn === null) {
    return settle({ previous: null, next: timeline, today, trigger, rulebooks: program.rulebooks });
  }
  const changes: Change[] = [];
  const judgedBy = rulebooksAtVersion(program, partner.rulesVersion);
  let believed: Judged = { timeline: partner.timeline, judgedOn: partner.judgedOn, rulebooks: judgedBy };
  const believe = (next: Timeline, day: Day, of: Trigger, rulebooks: ProgramRecord['rulebooks']): void => {
    changes.push(...settle({ previous: believed, next, today: day, trigger: of, rulebooks }));
    believed = { timeline: next, judgedOn: Math.max(day, believed.judgedOn), rulebooks };
  };
  for (const at of program.rulesChangedAt.slice(partner.rulesVersion)) {
    await giveWay();
    const counts = new Set([...judgedBy, ...program.rulebooks].map(({ id }) => id));
    const rulebooks = rulebooksKnownAt(program, at).filter(({ id }) => counts.has(id));
    const day = Math.min(dayIn(program.timeZone, at), today);
    const then = await finishGivingWay(giveWay, historyInSteps({ ...known, rulebooks }));
    believe(then.timeline, day, 'RULEBOOK', rulebooks);
  }
  believe(timeline, today, trigger, program.rulebooks);
  return changes;
}
