import type { Client } from 'pg';

/** An entry as a reader saw it. */
export type Seen = { readonly partnerId: string; readonly version: number };

/** A reader that remembers how far it came. */
export type Reader = {
  /** Reads what is new to it. `hasEnded` says that no transaction is under way any more. */
  read(hasEnded?: boolean): Promise<void>;
  /** What it read since this was emptied last. */
  readonly seen: Seen[];
};

/**
 * Adds the table that a log without positions would be: each transaction writes into it when it writes a
 * standing, with a serial id and its own id, and without waiting for anybody.
 */
export async function createOutbox(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE outbox (
      serial bigserial PRIMARY KEY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), partner_id uuid NOT NULL, version int NOT NULL
    );
    CREATE INDEX ON outbox (xid);
    CREATE FUNCTION write_to_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO outbox (partner_id, version) SELECT NEW.id, generate_series(OLD.version + 1, NEW.version);
      RETURN NULL;
    END $$;
    CREATE TRIGGER outbox AFTER UPDATE ON partner FOR EACH ROW WHEN (OLD.version < NEW.version)
      EXECUTE FUNCTION write_to_outbox();
  `);
}

type Row = { readonly mark: string; readonly partnerId: string; readonly version: number };

function createReader(client: Client, sql: (hasEnded: boolean) => string): Reader {
  const seen: Seen[] = [];
  let mark = '0';
  return {
    seen,
    async read(hasEnded = false) {
      const { rows } = await client.query<Row>(sql(hasEnded), [mark]);
      for (const { partnerId, version } of rows) seen.push({ partnerId, version });
      mark = rows.at(-1)?.mark ?? mark;
    },
  };
}

/** Reads by serial id: everything after the highest one seen. */
export function readBySerialId(client: Client): Reader {
  return createReader(
    client,
    () =>
      `SELECT serial::text AS mark, partner_id AS "partnerId", version FROM outbox
       WHERE serial > $1::bigint ORDER BY serial`,
  );
}

/**
 * Reads by transaction id, and only up to the oldest transaction that is still open, so that none can come in
 * before.
 */
export function readByTransactionId(client: Client): Reader {
  return createReader(
    client,
    (hasEnded) =>
      // Open transactions of other databases of the server hold it back too, and are no matter once ours have
      // ended.
      `SELECT xid::text AS mark, partner_id AS "partnerId", version FROM outbox
       WHERE xid > $1::xid8 AND (${hasEnded} OR xid < pg_snapshot_xmin(pg_current_snapshot())) ORDER BY xid, serial`,
  );
}
