import { listOverrides, type OverrideRow, readOverridesById } from '../../src/store/reading/read-override.ts';
import { batched } from './batched.ts';
import type { Context } from './context.ts';

const byId = batched(async ({ scope, app }, ids: readonly string[], _: null) => {
  const rows = new Map(
    (await readOverridesById(scope, app.database.prisma, ids)).map((row) => [row.id, row]),
  );
  return ids.map((id) => rows.get(id) ?? null);
});

const ofPartner = batched(async ({ scope, app }, partnerIds: readonly string[], _: null) => {
  const rows = await listOverrides(scope, app.database.prisma, partnerIds);
  const ofEach = Map.groupBy(rows, ({ partnerId }) => partnerId);
  return partnerIds.map((id) => ofEach.get(id) ?? []);
});

/** The override with this id as it stands; null if there is none, or the viewer may not see it. */
export function loadOverride(context: Context, id: string): Promise<OverrideRow | null> {
  return byId(context, id, null);
}

/** A partner's overrides, past ones included, latest first. */
export function loadOverrides(context: Context, partnerId: string): Promise<readonly OverrideRow[]> {
  return ofPartner(context, partnerId, null);
}
