import type { Transaction } from '../connection/transaction.ts';
import { dateOfDay, dateOfInstant, dayOfDate, instantOfDate } from '../encoding/model-date.ts';
import type { OverrideRow } from '../reading/read-override.ts';

/** The current versions of a partner's overrides, past ones included. */
export async function readOverrides(tx: Transaction, partnerId: string): Promise<readonly OverrideRow[]> {
  const overrides = await tx.tierOverride.findMany({
    where: { partnerId, supersededAt: null },
    omit: { supersededAt: true },
    orderBy: { firstOn: 'asc' },
  });
  return overrides.map(({ firstOn, endsOn, recordedAt, ...override }) => ({
    ...override,
    firstOn: dayOfDate(firstOn),
    endsOn: dayOfDate(endsOn),
    recordedAt: instantOfDate(recordedAt),
  }));
}

/** The partner whose override this is. */
export async function findOverridePartner(tx: Transaction, id: string): Promise<string | undefined> {
  const override = await tx.tierOverride.findFirst({ where: { id }, select: { partnerId: true } });
  return override?.partnerId;
}

/** Adds a version of an override of a locked partner, and ends the time of the one before it. */
export async function insertOverride(tx: Transaction, row: OverrideRow): Promise<void> {
  const recordedAt = dateOfInstant(row.recordedAt);
  await tx.tierOverride.updateMany({
    where: { id: row.id, supersededAt: null },
    data: { supersededAt: recordedAt },
  });
  await tx.tierOverride.create({
    data: { ...row, firstOn: dateOfDay(row.firstOn), endsOn: dateOfDay(row.endsOn), recordedAt },
  });
}
