import { gapAtRisk } from '../../engine/judging/risk-gap.ts';
import type { TierGap } from '../../engine/judging/standing.ts';
import { historyInSteps } from '../../engine/policy/timeline.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import type { App } from '../context/app.ts';
import { finishGivingWay } from '../context/give-way.ts';
import { canJudgeBy, type InputsFinder } from './find-inputs.ts';

/** What is missing to keep a tier, by which rulebook, on which day, and by what was known when. */
export type RiskGap = {
  readonly gap: TierGap;
  readonly rulebookId: string;
  readonly on: Day;
  readonly knownAt: Instant;
};

/**
 * What was missing to keep the tier that a TierAtRisk entry says is at risk, as known when it was logged;
 * null if nothing, because something else than the data lets it fall.
 */
export async function readRiskGap(
  app: App,
  { programId, partnerId, recordedAt, change }: LogEntry,
  cases: InputsFinder,
): Promise<RiskGap | null> {
  const { detail, rulebookId } = change;
  if (detail.type !== 'TierAtRisk' || rulebookId === null) return null;
  const program = await app.catalogue.find('id', programId);
  if (program === undefined) throw new Error(`The programme ${programId} of an entry is missing.`);
  const rulebooks = [...program.rulebooks, ...program.withdrawnRulebooks];
  const named = rulebooks.filter(({ id }) => id === rulebookId || id === detail.tierRulebookId);
  // The clock of the process that published may have been ahead of the one that judged.
  const knownAt = Math.max(recordedAt, ...named.map(({ publishedAt }) => publishedAt));
  const known = await cases.find({ programId, partnerId, knownAt });
  await app.giveWay();
  const deciding = known?.rulebooks.findLast(({ id }) => named.some((rulebook) => rulebook.id === id));
  if (known === null || deciding === undefined || !canJudgeBy(known.rulebooks)) return null;
  const risk = { on: detail.on, tier: detail.tier, rulebookId: detail.tierRulebookId };
  const nothingHeld = { heldBy: () => null };
  const isAsked = deciding.rulebook.lookback !== null;
  const { heldBy } = isAsked ? await finishGivingWay(app.giveWay, historyInSteps(known)) : nothingHeld;
  const gap = gapAtRisk(known, { rulebookId, tier: detail.from }, risk, heldBy);
  return gap && { gap, rulebookId: deciding.id, on: detail.on, knownAt };
}
