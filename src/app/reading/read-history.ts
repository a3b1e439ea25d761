import type { Timeline } from '../../engine/partner/status.ts';
import { historyInSteps } from '../../engine/policy/timeline.ts';
import type { Instant } from '../../engine/values/day.ts';
import type { PartnerRow } from '../../store/reading/read-partner.ts';
import type { App } from '../context/app.ts';
import { finishGivingWay } from '../context/give-way.ts';
import { canJudgeBy, type InputsFinder } from './find-inputs.ts';

/**
 * A partner's statuses over all days as they followed from what had been recorded by an instant; empty if
 * nothing had, or the rulebooks of then can't be judged by.
 */
export async function readTimelineAt(
  app: App,
  row: Pick<PartnerRow, 'id' | 'programId'>,
  knownAt: Instant,
  cases: InputsFinder,
): Promise<Timeline> {
  const known = await cases.find({ programId: row.programId, partnerId: row.id, knownAt });
  await app.giveWay();
  if (known === null || !canJudgeBy(known.rulebooks)) return [];
  const { timeline } = await finishGivingWay(app.giveWay, historyInSteps(known));
  return timeline;
}
