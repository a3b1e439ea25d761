import { Prisma } from '../generated/prisma/client.ts';

/**
 * What a viewer may see. Every read takes it first and puts it into its SQL, so that no read can forget it.
 * `programs` lists ids; `partner` narrows it to one partner's own data and that of its affiliates.
 */
export type ReadScope = {
  readonly programs: 'ALL' | readonly string[];
  readonly partner: string | null;
};

/** tiergraph itself, and everybody where rights are switched off. */
export const FULL_SCOPE: ReadScope = { programs: 'ALL', partner: null };

/** The condition under which a row is in scope, by the columns that hold its programme and its partner. */
export const inScope = (scope: ReadScope, programId: Prisma.Sql, partnerId: Prisma.Sql): Prisma.Sql => {
  const program =
    scope.programs === 'ALL'
      ? Prisma.sql`TRUE`
      : Prisma.sql`${programId} = ANY (${[...scope.programs]}::uuid[])`;
  if (scope.partner === null) return program;
  return Prisma.sql`${program} AND ${partnerId} IN (
    WITH RECURSIVE family AS (
      SELECT id FROM partner WHERE id = ${scope.partner}::uuid
      UNION SELECT child.id FROM partner child JOIN family ON child.parent_id = family.id
    ) SELECT id FROM family)`;
};
