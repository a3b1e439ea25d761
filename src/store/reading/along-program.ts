import { Prisma } from '../../generated/prisma/client.ts';

/** Which way a list goes, and after which row it goes on: columns and the values that they have in it. */
export type Along = {
  readonly downwards: boolean;
  readonly after: { readonly columns: Prisma.Sql; readonly values: Prisma.Sql } | null;
};

/**
 * SQL: a row is of the programme and comes after another; to be ordered by the programme first. Says the same
 * as an equality, but as two bounds of different forms: without statistics the planner takes an equality for
 * so rare that it collects all rows of the programme to sort them. With these it goes along the index that
 * has the order, and ends at the limit.
 */
export function alongProgram(column: Prisma.Sql, programId: string, { downwards, after }: Along): Prisma.Sql {
  const columns = after === null ? Prisma.sql`${column}, ${column}` : Prisma.sql`${column}, ${after.columns}`;
  const values =
    after === null
      ? Prisma.sql`${programId}::uuid, ${programId}::uuid`
      : Prisma.sql`${programId}::uuid, ${after.values}`;
  const from = after === null ? Prisma.sql`=` : Prisma.empty;
  return downwards
    ? Prisma.sql`${column} >= ${programId}::uuid AND (${columns}) <${from} (${values})`
    : Prisma.sql`${column} <= ${programId}::uuid AND (${columns}) >${from} (${values})`;
}
