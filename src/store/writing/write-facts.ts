import { byText } from '../../engine/measuring/contribution.ts';
import type { Fact } from '../../engine/partner/fact.ts';
import type { Instant } from '../../engine/values/day.ts';
import type { DatabaseClient, Transaction } from '../connection/transaction.ts';
import { readInBatches } from '../encoding/batches.ts';
import { FACT_JSON, type StoredFact, toFact, toStoredFact } from '../encoding/stored-fact.ts';
import { dateFrom, timestampFrom, toTimestamp } from '../encoding/time-sql.ts';

/** A fact with the SHA-256 (hexadecimal) of its normalized content. */
export type FingerprintedFact = { readonly fact: Fact; readonly fingerprint: string };

/** All versions of the facts of one source under the given external ids, ascending by version. */
export async function readFactChains(
  session: DatabaseClient,
  programId: string,
  source: string,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, readonly FingerprintedFact[]>> {
  const rows = await readInBatches(
    [...new Set(externalIds)],
    (ids) => session.$queryRaw<{ fact: StoredFact; fingerprint: string }[]>`
    SELECT version.fact, version.fingerprint FROM unnest(${[...ids]}::text[]) AS key(id)
    CROSS JOIN LATERAL (
      SELECT f.version, ${FACT_JSON} AS fact, encode(f.fingerprint, 'hex') AS fingerprint FROM fact f
      WHERE f.program_id = ${programId}::uuid AND f.source = ${source} AND f.external_id = key.id OFFSET 0) AS version
    ORDER BY version.version`,
  );
  const chains = new Map<string, FingerprintedFact[]>();
  for (const { fact, fingerprint } of rows) {
    const chain = chains.get(fact.externalId) ?? [];
    chain.push({ fact: toFact(fact), fingerprint });
    chains.set(fact.externalId, chain);
  }
  return chains;
}

function byKey({ fact: a }: FingerprintedFact, { fact: b }: FingerprintedFact): number {
  return byText(a.source, b.source) || byText(a.externalId, b.externalId) || a.version - b.version;
}

/**
 * Inserts facts, sorted by key so that two batches over the same keys can't deadlock. Returns the ids that
 * went in: the others' key and version had been taken by a transaction that committed meanwhile.
 */
export async function insertFacts(
  tx: Transaction,
  programId: string,
  facts: readonly FingerprintedFact[],
): Promise<ReadonlySet<string>> {
  const rows = await readInBatches([...facts].sort(byKey), (batch) => {
    const json = JSON.stringify(
      batch.map(({ fact, fingerprint }) => ({ ...toStoredFact(fact), fingerprint })),
    );
    return tx.$queryRaw<{ id: string }[]>`
      INSERT INTO fact (id, program_id, source, external_id, version, partner_id, kind, occurred_on, expires_on, value,
        currency, person, credential, customer, respondent, subject, attributes, voided, warning, fingerprint, recorded_at)
      SELECT x.id, ${programId}::uuid, x.source, x."externalId", x.version, x."partnerId", x.kind,
        ${dateFrom('x."occurredOn"')}, ${dateFrom('x."expiresOn"')}, x.value, x.currency, x.person, x.credential,
        x.customer, x.respondent, x.subject, x.attributes, x.voided, x.warning, decode(x.fingerprint, 'hex'),
        ${timestampFrom('x."recordedAt"')}
      FROM jsonb_to_recordset(${json}::jsonb) AS x(id uuid, source text, "externalId" text, version int,
        "partnerId" uuid, kind text, "occurredOn" int, "expiresOn" int, value numeric, currency text, person text,
        credential text, customer text, respondent text, subject text, attributes jsonb, voided boolean, warning text,
        fingerprint text, "recordedAt" float8)
      ORDER BY x.source, x."externalId", x.version
      ON CONFLICT (program_id, source, external_id, version) DO NOTHING
      RETURNING id`;
  });
  return new Set(rows.map((row) => row.id));
}

/** Ends the time in which a version was the current one; false if it was not the current one any more. */
export async function supersedeFact(tx: Transaction, id: string, at: Instant): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE fact SET superseded_at = ${toTimestamp(at)} WHERE id = ${id}::uuid AND superseded_at IS NULL`;
  return count > 0;
}
