import { childrenIn, familyOf } from '../../engine/partner/family.ts';
import { memberships } from '../../engine/partner/membership.ts';
import type { ResolvedEntry } from '../../engine/partner/partner-data.ts';
import type { Override, PartnerInputs } from '../../engine/partner/partner-inputs.ts';
import { type EnteredData, resolveEntries } from '../../engine/partner/resolve-entries.ts';
import type { Instant } from '../../engine/values/day.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { ProgramRecord, RulebookRecord } from '../catalogue/program-catalogue.ts';
import { type DatabaseClient, TryAgain } from '../connection/transaction.ts';
import { enteredBelow, familyIds } from '../encoding/family-sql.ts';
import { FACT_JSON, type StoredFact, toFact } from '../encoding/stored-fact.ts';
import { dayOf, instantOf, timestampFrom } from '../encoding/time-sql.ts';
import { FULL_SCOPE, type ReadScope } from '../reading/read-scope.ts';

type StoredInputs = {
  readonly rulesVersion: number;
  readonly id: string;
  readonly knownAt: Instant | null;
  readonly entries: readonly EnteredData[];
  readonly facts: readonly StoredFact[];
  readonly overrides: readonly Override[];
};

/** The engine's input, with what only the partner's row needs. */
export type LoadedInputs = PartnerInputs & {
  readonly entries: readonly ResolvedEntry[];
  readonly rulebooks: readonly RulebookRecord[];
};

export type LoadOptions = {
  /** As it had been recorded by then; null for now. */
  readonly knownAt?: Instant | null;
  /**
   * Throws TryAgain if the programme's rules changed since `program` was read: what is written must not rest
   * on older ones.
   */
  readonly isToWrite?: boolean;
};

/** How many facts the inputs have, those of the family included. */
export function factsOf({ facts, family }: PartnerInputs): number {
  return family.reduce((sum, member) => sum + member.facts.length, facts.length);
}

/** A partner as it was known at an instant; null for now. */
export type InputsKey = { readonly partnerId: string; readonly knownAt: Instant | null };

/**
 * The engine's input about partners. Those of which nothing was known by then are left out. One statement,
 * however many partners, and with families, where a rulebook counts them, however many descendants.
 */
export async function loadInputs(
  session: DatabaseClient,
  program: ProgramRecord,
  partnerIds: readonly string[],
  { knownAt = null, isToWrite = false }: LoadOptions = {},
): Promise<ReadonlyMap<string, LoadedInputs>> {
  const keys = partnerIds.map((partnerId) => ({ partnerId, knownAt }));
  const inputs = await loadKnownInputs(FULL_SCOPE, session, program, keys, isToWrite);
  return new Map(inputs.flatMap((loaded) => (loaded === null ? [] : [[loaded.partnerId, loaded] as const])));
}

/**
 * The same for partners in scope, each at an instant of its own, in the order of the keys; null where nothing
 * was known by then. One statement.
 */
export async function loadKnownInputs(
  scope: ReadScope,
  session: DatabaseClient,
  program: ProgramRecord,
  keys: readonly InputsKey[],
  isToWrite = false,
): Promise<readonly (LoadedInputs | null)[]> {
  const rows = await session.$queryRaw<StoredInputs[]>`
     WITH RECURSIVE ${wantedOf(scope, program, keys, false)}
     SELECT (SELECT rules_version FROM program WHERE id = ${program.id}::uuid) AS "rulesVersion", wanted.id, wanted.at AS "knownAt",
       (SELECT coalesce(json_agg(json_build_object('firstOn', ${dayOf('e.first_on')},
            'recordedAt', ${instantOf('e.recorded_at')}, 'data', e.data) ORDER BY e.recorded_at), '[]')
          FROM partner_entry e WHERE e.partner_id = wanted.id AND (wanted.at IS NULL OR e.recorded_at <= ${KNOWN_AT})
       ) AS entries,
       (SELECT coalesce(json_agg(${FACT_JSON}), '[]') FROM fact f WHERE f.partner_id = wanted.id AND ${knownThen('f')}) AS facts,
       (SELECT coalesce(json_agg(json_build_object('id', o.id, 'tier', o.tier, 'rulebookId', o.rulebook_id,
            'firstOn', ${dayOf('o.first_on')}, 'endsOn', ${dayOf('o.ends_on')}, 'reason', o.reason,
            'actor', o.actor) ORDER BY o.first_on), '[]')
          FROM tier_override o WHERE o.partner_id = wanted.id AND o.first_on < o.ends_on AND ${knownThen('o')}) AS overrides
     FROM wanted`;
  if (isToWrite && rows.some((row) => row.rulesVersion !== program.rulesVersion)) throw new TryAgain();
  const known = rows.filter((row) => row.entries.length > 0);
  const inputs = new Map(
    [...Map.groupBy(known, ({ knownAt }) => knownAt)].map(([knownAt, group]) => {
      const wanted = new Set(keys.filter((key) => key.knownAt === knownAt).map((key) => key.partnerId));
      return [knownAt, assemble(group, wanted, program, knownAt)];
    }),
  );
  return keys.map(({ partnerId, knownAt }) => inputs.get(knownAt)?.get(partnerId) ?? null);
}

/** The inputs of the wanted partners from what was known of them and their families at one instant. */
function assemble(
  rows: readonly StoredInputs[],
  wanted: ReadonlySet<string>,
  program: ProgramRecord,
  knownAt: Instant | null,
): ReadonlyMap<string, LoadedInputs> {
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
 * For each key the latest instant, at or before its own, at which any of the partner's inputs was recorded:
 * between the two instants the inputs do not differ. Null if nothing was recorded, or the partner is out of
 * scope. With `onlyInScope`, family members that are out of scope contribute only what says when they were
 * members. One statement.
 */
export async function readLatestRecordings(
  scope: ReadScope,
  session: DatabaseClient,
  program: ProgramRecord,
  keys: readonly { readonly partnerId: string; readonly knownAt: Instant }[],
  onlyInScope = false,
): Promise<readonly (Instant | null)[]> {
  const isTold = onlyInScope ? inFamily(scope, 'wanted.id') : Prisma.sql`TRUE`;
  const versions = (table: Prisma.Sql): Prisma.Sql => Prisma.sql`CASE WHEN ${isTold} THEN (
    SELECT max(greatest(v.recorded_at, CASE WHEN v.superseded_at <= ${KNOWN_AT} THEN v.superseded_at END))
    FROM ${table} v WHERE v.partner_id = wanted.id AND v.recorded_at <= ${KNOWN_AT}) END`;
  const rows = await session.$queryRaw<{ root: string; by: Instant; at: Instant | null }[]>`
     WITH RECURSIVE ${wantedOf(scope, program, keys, true)}
     SELECT told.root, told.by, ${instantOf('max(told.at)')} AS at FROM (
       SELECT wanted.root, wanted.at AS by, greatest((
         SELECT max(e.recorded_at) FROM partner_entry e WHERE e.partner_id = wanted.id AND e.recorded_at <= ${KNOWN_AT}
           AND (${isTold} OR e.data ?| ARRAY['parentId', 'enrolledOn', 'leftOn', 'membership'])),
         ${versions(Prisma.sql`fact`)}, ${versions(Prisma.sql`tier_override`)}) AS at
       FROM wanted) AS told
     GROUP BY told.root, told.by`;
  const latest = new Map(rows.map(({ root, by, at }) => [`${root} ${by}`, at]));
  return keys.map(({ partnerId, knownAt }) => latest.get(`${partnerId} ${knownAt}`) ?? null);
}

/**
 * SQL: the partner that an expression names is in the scope's family; any is if the scope is of no partner.
 */
function inFamily({ partner }: ReadScope, expression: string): Prisma.Sql {
  return partner === null
    ? Prisma.sql`TRUE`
    : Prisma.sql`${Prisma.raw(expression)} = ANY (${familyIds(partner)})`;
}

/**
 * SQL: `wanted`, the partners of the keys that are in scope and, where a rulebook counts families, all that
 * were ever entered below them: each at the instant of its key. With `ofEachRoot` once for each partner of a
 * key above it, which is its `root`.
 */
function wantedOf(
  scope: ReadScope,
  program: ProgramRecord,
  keys: readonly InputsKey[],
  ofEachRoot: boolean,
): Prisma.Sql {
  const root = ofEachRoot ? Prisma.sql`x."partnerId"` : Prisma.sql`NULL::uuid`;
  const { programs } = scope;
  const reached = programs === 'ALL' || programs.includes(program.id) ? keys : [];
  const json = JSON.stringify(reached.map(({ partnerId, knownAt }) => ({ partnerId, knownAt })));
  return Prisma.sql`wanted AS (
    SELECT x."partnerId" AS id, x."knownAt" AS at, ${root} AS root
    FROM jsonb_to_recordset(${json}::jsonb) AS x("partnerId" uuid, "knownAt" float8)
    WHERE ${inFamily(scope, 'x."partnerId"')}
    UNION
    SELECT e.partner_id, wanted.at, wanted.root
    FROM wanted CROSS JOIN ${enteredBelow('wanted.id', Prisma.sql`${program.countsFamilies}::boolean`)}
  )`;
}

const KNOWN_AT = timestampFrom('wanted.at');

/** SQL: this version was the current one at the wanted instant, or is now if that is null. */
function knownThen(alias: 'f' | 'o'): Prisma.Sql {
  const version = Prisma.raw(alias);
  return Prisma.sql`CASE WHEN wanted.at IS NULL THEN ${version}.superseded_at IS NULL ELSE ${version}.recorded_at <= ${KNOWN_AT}
    AND (${version}.superseded_at IS NULL OR ${version}.superseded_at > ${KNOWN_AT}) END`;
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

/**
 * The rulebooks by which a partner was judged at a programme's `rulesVersion`: of an older one too, so that
 * its row can be read.
 */
export function rulebooksAtVersion(program: ProgramRecord, rulesVersion: number): readonly RulebookRecord[] {
  const changedAt = program.rulesChangedAt[rulesVersion - 1];
  return changedAt === undefined ? [] : rulebooksKnownAt(program, changedAt);
}
