import type { App } from '../../src/app/context/app.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { listChanges, listPartnerChanges } from '../../src/store/reading/read-log.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';

const WHOLE = { limit: 1_000_000, backwards: false };

/** A programme's log after a position, oldest first. */
export function logAfter({ database }: App, programId: string, position = 0): Promise<readonly LogEntry[]> {
  return listChanges(FULL_SCOPE, database.prisma, programId, {}, { ...WHOLE, beyond: position });
}

/** What of it is one partner's, oldest first. */
export async function logOfPartner({ database }: App, partnerId: string): Promise<readonly LogEntry[]> {
  const listed = await listPartnerChanges(FULL_SCOPE, database.prisma, [partnerId], {
    ...WHOLE,
    beyond: null,
  });
  return listed.get(partnerId)?.toReversed() ?? [];
}
