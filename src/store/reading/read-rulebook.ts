import type { Instant } from '../../engine/values/day.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { instantOfDate } from '../encoding/model-date.ts';
import type { ReadScope } from './read-scope.ts';

/** A rulebook that was saved and not published yet. */
export type DraftRow = {
  readonly id: string;
  readonly programId: string;
  readonly number: number;
  readonly document: unknown;
  readonly createdAt: Instant;
};

// Rules are no partner's own: a viewer that may see the programme may see them.
function scoped({ programs }: ReadScope): Prisma.RulebookWhereInput {
  return programs === 'ALL' ? {} : { programId: { in: [...programs] } };
}

/** The documents of the rulebooks with these ids that are in scope, as they were saved; by id. */
export async function readDocuments(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const rulebooks = await session.rulebook.findMany({
    where: { AND: [{ id: { in: [...ids] } }, scoped(scope)] },
    select: { id: true, document: true },
  });
  return new Map(rulebooks.map(({ id, document }) => [id, document]));
}

/** Why the rulebooks with these ids that are in scope were withdrawn; by id, of those that were. */
export async function readWithdrawalReasons(
  scope: ReadScope,
  session: DatabaseClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rulebooks = await session.rulebook.findMany({
    where: { AND: [{ id: { in: [...ids] } }, scoped(scope)] },
    select: { id: true, withdrawalReason: true },
  });
  return new Map(
    rulebooks.flatMap(({ id, withdrawalReason }) =>
      withdrawalReason === null ? [] : [[id, withdrawalReason] as const],
    ),
  );
}

/** The drafts of these programmes, by number. */
export async function listDrafts(
  scope: ReadScope,
  session: DatabaseClient,
  programIds: readonly string[],
): Promise<readonly DraftRow[]> {
  const drafts = await session.rulebook.findMany({
    where: { AND: [{ programId: { in: [...programIds] }, state: 'DRAFT' }, scoped(scope)] },
    select: { id: true, programId: true, number: true, document: true, createdAt: true },
    orderBy: { number: 'asc' },
  });
  return drafts.map(({ createdAt, ...draft }) => ({ ...draft, createdAt: instantOfDate(createdAt) }));
}
