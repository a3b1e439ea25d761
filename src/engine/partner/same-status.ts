import type { Hold, Status } from './status.ts';

/** Whether two statuses are the same in everything, forecasts included. */
export function isSameStatus(a: Status, b: Status): boolean {
  return (
    a === b ||
    (isSameHistory(a, b) &&
      a.risk?.on === b.risk?.on &&
      a.risk?.tier === b.risk?.tier &&
      a.risk?.rulebookId === b.risk?.rulebookId &&
      a.holds.every((hold, index) => hold.until === b.holds[index]?.until))
  );
}

/** Whether two statuses agree in what was decided; what they foresaw (risk, ends of holds) may differ. */
export function isSameHistory(a: Status, b: Status): boolean {
  return (
    a.rulebookId === b.rulebookId &&
    a.tier === b.tier &&
    a.computedTier === b.computedTier &&
    isSameList(a.specializations, b.specializations) &&
    isSameList(reasons(a.holds), reasons(b.holds))
  );
}

/** Whether two lists hold the same texts in the same order. */
export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, index) => text === b[index]));
}

function reasons(holds: readonly Hold[]): string[] {
  return holds.map(({ reason }) => reason);
}
