import type { NextGap } from '../../engine/judging/next-gap.ts';
import type { Measurements } from '../../engine/measuring/measurements.ts';
import type { PartnerData } from '../../engine/partner/partner-data.ts';
import type { Start } from '../../engine/partner/partner-inputs.ts';
import type { EnteredData } from '../../engine/partner/resolve-entries.ts';
import { NO_STATUS, type Status, type Timeline } from '../../engine/partner/status.ts';
import type { StandingBasis } from '../../engine/policy/judge-partner.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import type { DatabaseClient, Transaction } from '../connection/transaction.ts';
import { batches, readInBatches } from '../encoding/batches.ts';
import { enteredBelow } from '../encoding/family-sql.ts';
import type { HeldSpecialization } from '../encoding/held-specialization.ts';
import { searchKeyOf } from '../encoding/search-key.ts';
import { dateFrom, dayOf, instantOf, timestampFrom, toDate, toTimestamp } from '../encoding/time-sql.ts';

/** A judged standing on its way into the partner's row. */
export type StandingRow = {
  readonly id: string;
  /** As entered for the day judged. */
  readonly data: PartnerData;
  readonly version: number;
  readonly lastRecordedAt: Instant;
  readonly status: Status;
  readonly tierRank: number | null;
  readonly measurements: Measurements | null;
  readonly alternatives: NonNullable<StandingBasis['alternatives']>;
  readonly gap: NextGap | null;
  readonly specializations: readonly HeldSpecialization[];
  readonly timeline: Timeline;
  readonly judgedOn: Day;
  readonly nextChangeOn: Day | null;
  readonly dueOn: Day | null;
  readonly rulesVersion: number;
};

/** A partner's data on its way in: the row of today and its first entry. */
export type NewPartner = {
  readonly id: string;
  readonly externalRef: string;
  readonly name: string;
  readonly country: string;
  readonly region: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parentId: string | null;
  readonly enrolledOn: Day;
  /** The tier with which it starts; null for none. */
  readonly start: Start | null;
  readonly recordedAt: Instant;
  readonly entryId: string;
};

/** The id of the partner with the first of these references that a partner has. */
export async function findPartnerId(
  session: DatabaseClient,
  programId: string,
  refs: readonly string[],
): Promise<string | undefined> {
  const [row] = await session.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM unnest(${[...refs]}::text[]) WITH ORDINALITY AS key(ref, place) CROSS JOIN LATERAL (
      SELECT id FROM partner WHERE program_id = ${programId}::uuid AND external_ref = key.ref OFFSET 0) AS p
    ORDER BY key.place LIMIT 1`;
  return row?.id;
}

/**
 * Inserts partners with their first entries, unjudged; returns the references that were new. A reference that
 * is already a member of the programme is left as it is.
 */
export async function insertPartners(
  tx: Transaction,
  programId: string,
  partners: readonly NewPartner[],
): Promise<ReadonlySet<string>> {
  // In the order given, in which a parent stands before those below it.
  const rows = await readInBatches(partners, (batch) => {
    const json = JSON.stringify(batch.map((partner) => ({ ...partner, ...searchKeyOf(partner) })));
    return tx.$queryRaw<{ externalRef: string }[]>`
      WITH given AS (
        SELECT *, ${dateFrom('"enrolledOn"')} AS enrolled_on, ${timestampFrom('"recordedAt"')} AS recorded_at
        FROM jsonb_to_recordset(${json}::jsonb) AS x(id uuid, "externalRef" text, name text, country text, region text,
          attributes jsonb, "parentId" uuid, "enrolledOn" int, start jsonb, "recordedAt" float8, "entryId" uuid, "searchKey" text, grams text[])
      ), added AS (
        INSERT INTO partner (id, program_id, external_ref, name, search_key, country, region, attributes, parent_id, enrolled_on,
          last_recorded_at, status, alternatives, specializations, timeline, rules_version)
        SELECT id, ${programId}::uuid, "externalRef", name, "searchKey", country, region, attributes, "parentId", enrolled_on,
          recorded_at, ${JSON.stringify(NO_STATUS)}::jsonb, '[]', '[]', '[]', 0
        FROM given ORDER BY "externalRef"
        ON CONFLICT (program_id, external_ref) DO NOTHING
        RETURNING id, external_ref
      ), grams AS (
        INSERT INTO partner_gram (partner_id, program_id, grams)
        SELECT g.id, ${programId}::uuid, g.grams FROM given g JOIN added USING (id)
      ), entries AS (
        INSERT INTO partner_entry (id, partner_id, first_on, recorded_at, data, parent_id)
        SELECT g."entryId", g.id, g.enrolled_on, g.recorded_at, jsonb_build_object('name', g.name,
          'country', g.country, 'region', g.region, 'attributes', g.attributes, 'parentId', g."parentId", 'enrolledOn', g."enrolledOn",
          'leftOn', NULL) || CASE WHEN g.start IS NULL OR g.start = 'null' THEN '{}' ELSE jsonb_build_object('start', g.start) END,
          g."parentId"
        FROM given g JOIN added USING (id)
      )
      SELECT external_ref AS "externalRef" FROM added`;
  });
  return new Set(rows.map((row) => row.externalRef));
}

/** What was entered about a partner, on its way in or as it stands. */
export type PartnerEntryRow = EnteredData & { readonly id: string; readonly partnerId: string };

/** Everything that was ever entered about these partners, of each in the order of recording. */
export function readEntries(tx: Transaction, partnerIds: readonly string[]): Promise<PartnerEntryRow[]> {
  return readInBatches(
    partnerIds,
    (batch) => tx.$queryRaw<PartnerEntryRow[]>`
    SELECT e.* FROM unnest(${[...batch]}::uuid[]) AS key(id) CROSS JOIN LATERAL (
      SELECT id, partner_id AS "partnerId", ${dayOf('first_on')} AS "firstOn",
        ${instantOf('recorded_at')} AS "recordedAt", data
      FROM partner_entry WHERE partner_id = key.id OFFSET 0) AS e
    ORDER BY e."recordedAt"`,
  );
}

/** The partner and all that were ever entered below it. */
export function findBelow(tx: Transaction, partnerId: string): Promise<{ readonly id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE below AS (
      SELECT ${partnerId}::uuid AS id
      UNION
      SELECT e.partner_id FROM below CROSS JOIN ${enteredBelow('below.id')}
    ) SELECT id FROM below`;
}

/** Appends an entry about a partner that is locked. */
export async function insertEntry(
  tx: Transaction,
  { id, partnerId, firstOn, recordedAt, data }: PartnerEntryRow,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO partner_entry (id, partner_id, first_on, recorded_at, data, parent_id)
    VALUES (${id}::uuid, ${partnerId}::uuid, ${toDate(firstOn)}, ${toTimestamp(recordedAt)},
      ${JSON.stringify(data)}::jsonb, ${data.parentId ?? null}::uuid)`;
}

/** Notes when something about partners was recorded that are not judged now. */
export async function markRecorded(
  tx: Transaction,
  partnerIds: readonly string[],
  recordedAt: Instant,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE partner SET last_recorded_at = greatest(last_recorded_at, ${toTimestamp(recordedAt)})
    WHERE id = ANY (${[...partnerIds]}::uuid[])`;
}

/** Writes judged standings into their rows, and the partner's data as entered for the day judged. */
export async function updateStandings(tx: Transaction, rows: readonly StandingRow[]): Promise<void> {
  for (const batch of batches(rows)) await updateBatch(tx, batch);
}

async function updateBatch(tx: Transaction, rows: readonly StandingRow[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const standings = rows.map((row) => JSON.stringify(row));
  await tx.$executeRaw`
    UPDATE partner p SET
       version = x.version, last_recorded_at = ${timestampFrom('x."lastRecordedAt"')},
       rulebook_id = (x.status->>'rulebookId')::uuid, tier = x.status->>'tier', computed_tier = x.status->>'computedTier',
       tier_rank = x."tierRank", hold_reason = x.status#>>'{holds,0,reason}', status = x.status, measurements = x.measurements, alternatives = x.alternatives,
       gap = x.gap,
       specializations = x.specializations, timeline = x.timeline, judged_on = ${dateFrom('x."judgedOn"')},
       next_change_on = ${dateFrom('x."nextChangeOn"')}, due_on = ${dateFrom('x."dueOn"')},
       rules_version = x."rulesVersion", name = x.data->>'name', country = x.data->>'country', region = x.data->>'region',
       attributes = x.data->'attributes',
       parent_id = (x.data->>'parentId')::uuid, enrolled_on = ${dateFrom(`(x.data->>'enrolledOn')::int`)},
       left_on = ${dateFrom(`(x.data->>'leftOn')::int`)}
    FROM unnest(${ids}::uuid[], ${standings}::text[]) AS key(id, standing)
    CROSS JOIN LATERAL jsonb_to_record(key.standing::jsonb) AS x(version int, "lastRecordedAt" float8, status jsonb, "tierRank" int,
       measurements jsonb, alternatives jsonb, gap jsonb, specializations jsonb, timeline jsonb, "judgedOn" int, "nextChangeOn" int, "dueOn" int,
       "rulesVersion" int, data jsonb)
    WHERE p.id = key.id`;
}

/** Has partners found and sorted by the names that their rows have now. */
export async function renamePartners(
  tx: Transaction,
  partners: readonly { readonly id: string; readonly name: string; readonly externalRef: string }[],
): Promise<void> {
  if (partners.length === 0) return;
  const keys = partners.map((partner) => ({ id: partner.id, ...searchKeyOf(partner) }));
  await tx.$executeRaw`
    WITH x AS (SELECT * FROM jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS x(id uuid, "searchKey" text, grams text[])),
    grams AS (UPDATE partner_gram g SET grams = x.grams FROM x WHERE g.partner_id = x.id)
    UPDATE partner p SET search_key = x."searchKey" FROM x WHERE p.id = x.id`;
}
