import type { Instant } from '../engine/day.ts';
import type { Timeline } from '../engine/status.ts';
import { computeTimeline } from '../engine/timeline.ts';
import type { PartnerRow } from '../store/read-partner.ts';
import type { App } from './app.ts';
import { type CaseFinder, canJudgeBy } from './find-case.ts';

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
  return known === null || !canJudgeBy(known.rulebooks) ? [] : computeTimeline(known);
};
