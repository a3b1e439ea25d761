import { Prisma } from '../../generated/prisma/client.ts';

// How the hierarchy is walked, one step and as a whole, each by an index whatever the planner knows. An
// expression is SQL as it is written: never anything that came from outside.

/** SQL: the ids of a partner and of those below it today, as an array that is worked out once. */
export function familyIds(partnerId: string): Prisma.Sql {
  return Prisma.sql`ARRAY(
    WITH RECURSIVE family AS (
      SELECT id FROM partner WHERE id = ${partnerId}::uuid
      UNION
      SELECT child.id FROM family CROSS JOIN LATERAL (
        SELECT id FROM partner WHERE parent_id = family.id OFFSET 0) AS child
    ) SELECT id FROM family)`;
}

/** SQL: the ids of the partner that an expression names and of those above it today, as an array. */
export function familyAbove(expression: string): Prisma.Sql {
  return Prisma.raw(`ARRAY(
    WITH RECURSIVE family AS (
      SELECT p.id, p.parent_id FROM partner p WHERE p.id = ${expression}
      UNION
      SELECT parent.id, parent.parent_id FROM family CROSS JOIN LATERAL (
        SELECT id, parent_id FROM partner WHERE id = family.parent_id OFFSET 0) AS parent
    ) SELECT id FROM family)`);
}

/** SQL: what to join with for the partners that were ever entered right below one, as `e.partner_id`. */
export function enteredBelow(expression: string, condition: Prisma.Sql = Prisma.sql`TRUE`): Prisma.Sql {
  return Prisma.sql`LATERAL (
    SELECT partner_id FROM partner_entry WHERE ${condition} AND parent_id = ${Prisma.raw(expression)} OFFSET 0) AS e`;
}

/** SQL: what to join with for the partners that were ever entered right above one, as `e.parent_id`. */
export function enteredAbove(expression: string, condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`LATERAL (
    SELECT parent_id FROM partner_entry
    WHERE ${condition} AND partner_id = ${Prisma.raw(expression)} AND parent_id IS NOT NULL OFFSET 0) AS e`;
}
