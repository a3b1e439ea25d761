import { childrenIn, familyOf } from '../../engine/partner/family.ts';
import { memberships } from '../../engine/partner/membership.ts';
import type { ResolvedEntry } from '../../engine/partner/partner-data.ts';
import type { Override, PartnerInputs } from '../../engine/partner/partner-inputs.ts';
import { type EnteredData, resolveEntries } from '../../engine/partner/resolve-entries.ts';
import type { Instant } from '../../engine/values/day.ts';
import type { ProgramRecord, RulebookRecord } from '../catalogue/program-catalogue.ts';
import { type DatabaseClient, TryAgain } from '../connection/transaction.ts';
import { factJson, type StoredFact, toFact } from '../encoding/stored-fact.ts';
import { FULL_SCOPE, type ReadScope } from '../reading/read-scope.ts';

type StoredCase = {
  readonly rulesVersion: number;
  readonly id: string;
  readonly knownAt: Instant | null;
  readonly entries: readonly EnteredData[];
  readonly facts: readonly StoredFact[];
  readonly overrides: readonly Override[];
};

/** The engine's input, with what only the partner's row needs. */
export type LoadedCase = PartnerInputs & {
  readonly entries: readonly ResolvedEntry[];
  readonly rulebooks: readonly RulebookRecord[];
};

export type CaseOptions = {
  /** As it had been recorded by then; null for now. */
  readonly knownAt?: Instant | null;
  /** Throws TryAgain if the programme's rules changed since `program` was read: what is written must not rest on older ones. */
  readonly isToWrite?: boolean;
};

/** How many facts a case has, those of its family included. */
export function factsOf({ facts, family }: PartnerInputs): number {
  return family.reduce((sum, member) => sum + member.facts.length, facts.length);
}

/** A partner as it was known at an instant; null for now. */
export type CaseKey = { readonly partnerId: string; readonly knownAt: Instant | null };

/**
 * The engine's input about partners. Those of which nothing was known by then are left out. One statement, however many partners, and
 * with families, where a rulebook counts them, however many descendants.
 */
export async function loadInputs(
  session: DatabaseClient,
  program: ProgramRecord,
  partnerIds: readonly string[],
  { knownAt = null, isToWrite = false }: CaseOptions = {},
): Promise<ReadonlyMap<string, LoadedCase>> {
  const keys = partnerIds.map((partnerId) => ({ partnerId, knownAt }));
  const cases = await loadKnownInputs(FULL_SCOPE, session, program, keys, isToWrite);
  return new Map(cases.flatMap((loaded) => (loaded === null ? [] : [[loaded.partnerId, loaded] as const])));
}

/**
 * The same for partners in scope, each at an instant of its own, in the order of the keys; null where nothing was known by then. One
 * statement.
 */
export async function loadKnownInputs(
  scope: ReadScope,
  session: DatabaseClient,
  program: ProgramRecord,
  keys: readonly CaseKey[],
  isToWrite = false,
): Promise<readonly (LoadedCase | null)[]> {
  const rows = await session.$queryRawUnsafe<StoredCase[]>(
    `WITH RECURSIVE ${WANTED}
     SELECT (SELECT rules_version FROM program WHERE id = $4::uuid) AS "rulesVersion", wanted.id, wanted.at AS "knownAt",
       (SELECT coalesce(json_agg(json_build_object('firstOn', e.first_on - DATE '1970-01-01',
            'recordedAt', floor(extract(epoch FROM e.recorded_at) * 1000), 'data', e.data) ORDER BY e.recorded_at), '[]')
          FROM partner_entry e WHERE e.partner_id = wanted.id AND (wanted.at IS NULL OR e.recorded_at <= ${KNOWN_AT})
       ) AS entries,
       (SELECT coalesce(json_agg(${factJson('f')}), '[]') FROM fact f WHERE f.partner_id = wanted.id AND ${knownThen('f')}) AS facts,
       (SELECT coalesce(json_agg(json_build_object('id', o.id, 'tier', o.tier, 'rulebookId', o.rulebook_id,
            'firstOn', o.first_on - DATE '1970-01-01', 'endsOn', o.ends_on - DATE '1970-01-01', 'reason', o.reason,
            'actor', o.actor) ORDER BY o.first_on), '[]')
          FROM tier_override o WHERE o.partner_id = wanted.id AND o.first_on < o.ends_on AND ${knownThen('o')}) AS overrides
     FROM wanted`,
    toJson(scope, program, keys),
    program.countsFamilies,
    scope.partner,
    program.id,
  );
  if (isToWrite && rows.some((row) => row.rulesVersion !== program.rulesVersion)) throw new TryAgain();
  const known = rows.filter((row) => row.entries.length > 0);
  const cases = new Map(
    [...Map.groupBy(known, ({ knownAt }) => knownAt)].map(([knownAt, group]) => {
      const wanted = new Set(keys.filter((key) => key.knownAt === knownAt).map((key) => key.partnerId));
      return [knownAt, assemble(group, wanted, program, knownAt)];
    }),
  );
  return keys.map(({ partnerId, knownAt }) => cases.get(knownAt)?.get(partnerId) ?? null);
}

/** The cases of the wanted partners from what was known of them and their families at one instant. */
function assemble(
  rows: readonly StoredCase[],
  wanted: ReadonlySet<string>,
  program: ProgramRecord,
  knownAt: Instant | null,
): ReadonlyMap<string, LoadedCase> {
  const rulebooks = rulebooksKnownAt(program, knownAt);
  const facts = new Map(rows.map((row) => [row.id, row.facts.map(toFact)]));
  const hierarchy = new Map(rows.map((row) => [row.id, resolveEntries(row.entries)]));
  const children = childrenIn(hierarchy);
  return new Map(
    rows
      .filter((row) => wanted.has(row.id))
      .map(({ id, overrides }) => [
        id,
        {
          partnerId: id,
          rulebooks,
          entries: hierarchy.get(id) ?? [],
          facts: facts.get(id) ?? [],
          family: program.countsFamilies
            ? familyOf(id, children).map((member) => ({
                ...member,
                facts: facts.get(member.partnerId) ?? [],
                enrolled: memberships(hierarchy.get(member.partnerId) ?? []),
              }))
            : [],
          overrides,
        },
      ]),
  );
}

/**
 * For each key the latest instant, at or before its own, at which anything was recorded that the partner's case rests on: no case of it
 * is another between the two. Null if nothing was, or the partner is out of scope. With `onlyInScope` of those members of its family
 * that are out of scope only what says when they were members is looked at. One statement.
 */
export async function readLatestRecordings(
  scope: ReadScope,
  session: DatabaseClient,
  program: ProgramRecord,
  keys: readonly { readonly partnerId: string; readonly knownAt: Instant }[],
  onlyInScope = false,
): Promise<readonly (Instant | null)[]> {
  const isTold = `(NOT $4::boolean OR ${inFamilyOf('$3', 'wanted.id')})`;
  const versions = (table: string) => `CASE WHEN ${isTold} THEN (
    SELECT max(greatest(v.recorded_at, CASE WHEN v.superseded_at <= ${KNOWN_AT} THEN v.superseded_at END))
    FROM ${table} v WHERE v.partner_id = wanted.id AND v.recorded_at <= ${KNOWN_AT}) END`;
  const rows = await session.$queryRawUnsafe<{ root: string; by: Instant; at: Instant | null }[]>(
    `WITH RECURSIVE ${WANTED_OF_EACH}
     SELECT root, wanted.at AS by, floor(extract(epoch FROM max(greatest((
         SELECT max(e.recorded_at) FROM partner_entry e WHERE e.partner_id = wanted.id AND e.recorded_at <= ${KNOWN_AT}
           AND (${isTold} OR e.data ?| ARRAY['parentId', 'enrolledOn', 'leftOn', 'membership'])),
       ${versions('fact')}, ${versions('tier_override')}))) * 1000)::float8 AS at
     FROM wanted GROUP BY root, wanted.at`,
    toJson(scope, program, keys),
    program.countsFamilies,
    scope.partner,
    onlyInScope,
  );
  const latest = new Map(rows.map(({ root, by, at }) => [`${root} ${by}`, at]));
  return keys.map(({ partnerId, knownAt }) => latest.get(`${partnerId} ${knownAt}`) ?? null);
}

/** What is asked for, if the scope reaches the programme. */
function toJson({ programs }: ReadScope, { id }: ProgramRecord, keys: readonly CaseKey[]): string {
  return JSON.stringify(
    programs === 'ALL' || programs.includes(id)
      ? keys.map(({ partnerId, knownAt }) => ({ partnerId, knownAt }))
      : [],
  );
}

/** SQL: a partner is the one that a parameter names, or one of its affiliates; any is if it names none. */
function inFamilyOf(parameter: string, id: string): string {
  return `(${parameter}::uuid IS NULL OR ${id} = ANY (ARRAY(
    WITH RECURSIVE family AS (
      SELECT id FROM partner WHERE id = ${parameter}::uuid
      UNION SELECT child.id FROM family CROSS JOIN LATERAL (
        SELECT id FROM partner WHERE parent_id = family.id OFFSET 0) AS child
    ) SELECT id FROM family)))`;
}

/** SQL: the partners of the keys $1, each at the instant of its key; if $3 is given, only those that are it or its affiliates. */
const KEYS = `jsonb_to_recordset($1::jsonb) AS x("partnerId" uuid, "knownAt" float8)
  WHERE ${inFamilyOf('$3', 'x."partnerId"')}`;

/** SQL: those who were ever entered right below the partner of a row of `wanted`, if $2. */
const BELOW = `LATERAL (
  SELECT partner_id FROM partner_entry WHERE $2::boolean AND parent_id = wanted.id OFFSET 0) AS e`;

/** SQL: the partners of the keys and, if $2, all that were ever entered below them; each at the instant of its key. */
const WANTED = `wanted AS (
  SELECT x."partnerId" AS id, x."knownAt" AS at FROM ${KEYS}
  UNION
  SELECT e.partner_id, wanted.at FROM wanted CROSS JOIN ${BELOW}
)`;

/** SQL: the same with the partner of the key beside each, where it matters whose family it is. */
const WANTED_OF_EACH = `wanted AS (
  SELECT x."partnerId" AS id, x."knownAt" AS at, x."partnerId" AS root FROM ${KEYS}
  UNION
  SELECT e.partner_id, wanted.at, wanted.root FROM wanted CROSS JOIN ${BELOW}
)`;

const KNOWN_AT = `to_timestamp(wanted.at / 1000.0)`;

/** SQL: this version was the current one at the wanted instant, or is now if that is null. */
function knownThen(alias: string): string {
  return `CASE WHEN wanted.at IS NULL THEN ${alias}.superseded_at IS NULL
     ELSE ${alias}.recorded_at <= ${KNOWN_AT} AND (${alias}.superseded_at IS NULL OR ${alias}.superseded_at > ${KNOWN_AT}) END`;
}

/** The rulebooks that had been published, and not withdrawn, by an instant; null for now. */
export function rulebooksKnownAt(program: ProgramRecord, knownAt: Instant | null): readonly RulebookRecord[] {
  if (knownAt === null) return program.rulebooks;
  return [...program.rulebooks, ...program.withdrawnRulebooks]
    .filter(
      ({ publishedAt, withdrawnAt }) =>
        publishedAt <= knownAt && (withdrawnAt === null || withdrawnAt > knownAt),
    )
    .sort((a, b) => a.effectiveFrom - b.effectiveFrom);
}

/** The rulebooks by which a partner was judged at a programme's `rulesVersion`: of an older one too, so that its row can be read. */
export function rulebooksAtVersion(program: ProgramRecord, rulesVersion: number): readonly RulebookRecord[] {
  const changedAt = program.rulesChangedAt[rulesVersion - 1];
  return changedAt === undefined ? [] : rulebooksKnownAt(program, changedAt);
}
