import type { Instant } from '../engine/day.ts';
import type { Timeline } from '../engine/status.ts';
import { timelineInSteps } from '../engine/timeline.ts';
import type { PartnerRow } from '../store/read-partner.ts';
import type { App } from './app.ts';
import { type CaseFinder, canJudgeBy } from './find-case.ts';
import { finishGivingWay } from './give-way.ts';

/**
 * A partner's statuses over all days as they followed from what had been recorded by an instant; empty if nothing had, or
 * the rulebooks of then can't be judged by.
 */
export const readTimelineAt = async (
  app: App,
  row: Pick<PartnerRow, 'id' | 'programId'>,
  knownAt: Instant,
  cases: CaseFinder,
): Promise<Timeline> => {
  const known = await cases.find({ programId: row.programId, partnerId: row.id, knownAt });
  await app.giveWay();
  if (known === null || !canJudgeBy(known.rulebooks)) return [];
  return finishGivingWay(app.giveWay, timelineInSteps(known));
};
