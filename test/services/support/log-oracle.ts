import { Client } from 'pg';
import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import type { StatusChangeFilter } from '../../../src/generated/graphql/graphql.ts';

/** As much of an entry of the log as filters look at, from the table itself. */
export type OracleEntry = {
  readonly position: number;
  /** The partner's global id. */
  readonly partner: string;
  readonly region: string;
  readonly direction: string | null;
};

/** The entries after a position, in order. The database has one programme. */
export async function readEntries(url: string, after: number): Promise<readonly OracleEntry[]> {
  const rows = await ask<OracleEntry & { partnerId: string }>(
    url,
    `SELECT position::float8 AS position, partner_id AS "partnerId", region, detail->>'direction' AS direction
     FROM status_change WHERE position > $1::bigint ORDER BY status_change.position`,
    [after],
  );
  return rows.map(({ partnerId, ...entry }) => ({ ...entry, partner: encodeGlobalId('Partner', partnerId) }));
}

/** The positions that somebody with this filter has to get. */
export function positionsFor(
  { partners, regions, directions }: StatusChangeFilter,
  entries: readonly OracleEntry[],
): readonly number[] {
  const wanted = [partners, regions, directions].map(
    (values) => values && new Set<string | null>(values.map(String)),
  );
  const passes = ({ partner, region, direction }: OracleEntry): boolean =>
    [partner, region, direction].every((value, index) => wanted[index]?.has(value) ?? true);
  return entries.filter(passes).map(({ position }) => position);
}

/** What is wrong with what somebody got, in counts; all zero if nothing. */
export type Verdict = {
  readonly lost: number;
  readonly repeated: number;
  /** Positions that don't pass the filter, or that are in no log. */
  readonly unasked: number;
  /** Positions that came after a later one. */
  readonly misplaced: number;
};

/** Compares what somebody got with what the log says. */
export function judgeDeliveries(expected: readonly number[], got: readonly number[]): Verdict {
  const wanted = new Set(expected);
  const distinct = new Set(got);
  return {
    lost: wanted.difference(distinct).size,
    repeated: got.length - distinct.size,
    unasked: distinct.difference(wanted).size,
    misplaced: got.filter((position, index) => position < (got[index - 1] ?? 0)).length,
  };
}

/** Runs one statement on a connection of its own. */
export async function ask<Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
