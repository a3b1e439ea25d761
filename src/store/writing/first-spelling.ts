import type { DatabaseClient, Transaction } from '../connection/transaction.ts';

/** What may ignore case in a programme: the persons of facts, and the references of partners. */
export type SpelledKind = 'PERSON' | 'REFERENCE';

/** A name as it was first written, and without case. */
export type Spelling = { readonly folded: string; readonly spelling: string };

/** How these names of a programme were first written, as far as they were, by the name without case. */
export async function findSpellings(
  session: DatabaseClient,
  programId: string,
  kind: SpelledKind,
  folded: readonly string[],
): Promise<Map<string, string>> {
  if (folded.length === 0) return new Map();
  const rows = await session.$queryRaw<Spelling[]>`
    SELECT wanted.folded, known.spelling FROM unnest(${[...folded]}::text[]) AS wanted(folded)
    JOIN LATERAL (SELECT s.spelling FROM first_spelling s
      WHERE s.program_id = ${programId}::uuid AND s.kind = ${kind} AND s.folded = wanted.folded OFFSET 0) AS known ON TRUE`;
  return new Map(rows.map((row) => [row.folded, row.spelling]));
}

/** Keeps how names were first written; false if another transaction was first with one of them. */
export async function insertSpellings(
  tx: Transaction,
  programId: string,
  kind: SpelledKind,
  spellings: readonly Spelling[],
): Promise<boolean> {
  if (spellings.length === 0) return true;
  // In one order, so that two transactions can't wait for each other.
  const count = await tx.$executeRaw`
    INSERT INTO first_spelling (program_id, kind, folded, spelling)
    SELECT ${programId}::uuid, ${kind}, x.folded, x.spelling
    FROM jsonb_to_recordset(${JSON.stringify(spellings)}::jsonb) AS x(folded text, spelling text)
    ORDER BY x.folded ON CONFLICT DO NOTHING`;
  return count === spellings.length;
}
