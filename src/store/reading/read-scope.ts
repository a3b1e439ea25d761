import { Prisma } from '../../generated/prisma/client.ts';
import { familyIds } from '../encoding/family-sql.ts';

/**
 * What a viewer may see. Every read takes it first and puts it into its SQL, so that no read can forget it.
 * `programs` lists ids; `partner` narrows it to one partner's own data and that of its affiliates.
 */
export type ReadScope = {
  readonly programs: 'ALL' | readonly string[];
  readonly partner: string | null;
};

/** For tiergraph itself, and for every caller where rights are switched off. */
export const FULL_SCOPE: ReadScope = { programs: 'ALL', partner: null };

/**
 * A condition that no index is to be looked up for, and that the planner takes for neither rare nor common:
 * where there is a key or the order of an index to go by, nothing that it makes of the others' values may
 * lead it elsewhere.
 */
export function unindexed(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`coalesce(${condition}, FALSE)`;
}

/** The condition under which a row is in scope, by the columns that hold its programme and its partner. */
export function inScope(scope: ReadScope, programId: Prisma.Sql, partnerId: Prisma.Sql): Prisma.Sql {
  const program =
    scope.programs === 'ALL'
      ? Prisma.sql`TRUE`
      : unindexed(Prisma.sql`${programId} = ANY (${[...scope.programs]}::uuid[])`);
  if (scope.partner === null) return program;
  return Prisma.sql`${program} AND ${partnerId} = ANY (${familyIds(scope.partner)})`;
}
