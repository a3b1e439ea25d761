/**
 * What a session has to be like, whatever the database, its roles, the environment and the URL say. Text in
 * and out: the driver reads and writes days and instants as ISO texts without their offset, and text is
 * UTF-8. Meaning: names of tables are those of one schema, strings have no escapes, a transaction writes what
 * is committed by then.
 */
const MEANING: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  client_encoding: 'UTF8',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  search_path: 'public',
  row_security: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
};

// No JIT, which takes 300 ms for the statements that judge. No incremental sort, for which a plan without
// statistics prefers an index with half of an order to one with all of it.
const PLANS: Readonly<Record<string, string>> = { jit: 'off', enable_incremental_sort: 'off' };

// In milliseconds. A process that was cut off or hangs must not hold a row longer than 10 s: its transaction
// ends after 4 s, and its statements that still wait give up before they get the lock, which they would hold
// for another 4 s each.
const TIMEOUTS: Readonly<Record<string, string>> = {
  idle_in_transaction_session_timeout: '4000',
  lock_timeout: '3000',
  statement_timeout: '60000',
  idle_session_timeout: '0',
};

/** For sessions without timeouts. */
const PATIENCE: Readonly<Record<string, string>> = {
  idle_in_transaction_session_timeout: '0',
  lock_timeout: '0',
  statement_timeout: '0',
  idle_session_timeout: '0',
};

/** For the sessions that ask what the server is, bring it up to date, and listen. */
export const PATIENT: Readonly<Record<string, string>> = { ...MEANING, ...PATIENCE };

/** Not checked on a Unix socket, where these settings have no effect. */
const KEEP_ALIVES: Readonly<Record<string, string>> = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '2',
};

/** What depends on the server: how it has to be set, seen from what it says on a connection. */
export type ServerFacts = {
  /** As `server_version_num`: 150020 is 15.20. */
  readonly version: number;
  readonly encoding: string;
  readonly isStandby: boolean;
  readonly hasSchema: boolean;
  /** Another schema than `public` that has our tables, where `public` has none. */
  readonly tablesIn: string | null;
  readonly synchronousCommit: string;
};

const OLDEST = 140_000;

/**
 * What PostgreSQL says to a setting that it does not have: all that is asked for on a first connection is
 * there from OLDEST on.
 */
export const UNKNOWN_SETTING = '42704';
export const TOO_OLD = `runs a PostgreSQL that is too old: ${OLDEST / 10_000} is the oldest that will do.`;

/** Asks a server for its ServerFacts. */
export const SERVER_FACTS = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() AS "isStandby", to_regnamespace('public') IS NOT NULL AS "hasSchema",
  CASE WHEN to_regclass('public.status_change') IS NULL THEN (
    SELECT n.nspname::text FROM pg_class one JOIN pg_namespace n ON n.oid = one.relnamespace
    JOIN pg_class other ON other.relnamespace = n.oid AND other.relname = 'partner_entry'
    WHERE one.relname = 'status_change' LIMIT 1) END AS "tablesIn",
  current_setting('synchronous_commit') AS "synchronousCommit"`;

/** Why nothing can be kept on such a server, as the end of a sentence; null if it can. */
export function refuseServer({
  version,
  encoding,
  isStandby,
  hasSchema,
  tablesIn,
}: ServerFacts): string | null {
  if (version < OLDEST) {
    return `runs PostgreSQL ${Math.floor(version / 10_000)}, and ${OLDEST / 10_000} is the oldest that will do.`;
  }
  if (encoding !== 'UTF8') {
    return `is encoded in ${encoding}, which has no place for most characters: make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.`;
  }
  if (isStandby) return 'is a standby, to which nothing can be written.';
  if (!hasSchema) return 'has no schema public: make it with CREATE SCHEMA public.';
  return tablesIn === null
    ? null
    : `has the tables in the schema ${tablesIn}, and they have to be in public: move them with ALTER TABLE ... SET SCHEMA public.`;
}

/**
 * How sessions are set on a server: commits wait for the disk, and no timeout that only newer ones have ends
 * a transaction.
 */
export function settingsOn({ version, synchronousCommit }: ServerFacts): Readonly<Record<string, string>> {
  return {
    ...MEANING,
    ...PLANS,
    ...TIMEOUTS,
    ...(version >= 170_000 && { transaction_timeout: '0' }),
    ...(synchronousCommit === 'off' && { synchronous_commit: 'on' }),
  };
}

/** SQL that sets a session of the embedded database, which has nothing to wait for. */
export const SET_EMBEDDED = Object.entries({ ...MEANING, ...PLANS })
  .map(([name, value]) => `SET ${name} = ${name === 'search_path' ? value : `'${value}'`};`)
  .join(' ');

// What else a URL can say would be sent to the server as settings of the session, and win over ours.
const OF_CONNECTION = /^(host|port|user|password|db|ssl.*|uselibpqcompat|connect_timeout)$/;

/** How a connection is made and set. */
export type SessionConfig = { readonly connectionString: string; readonly options: string };

/**
 * The connection that a URL describes, with these settings. `options` of the URL come first, since of two
 * settings the later counts.
 */
export function sessionConfig(url: string, settings: Readonly<Record<string, string>>): SessionConfig {
  const [place = '', query = ''] = url.split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const kept = new URLSearchParams([...given].filter(([name]) => OF_CONNECTION.test(name)));
  const ours = Object.entries({ ...settings, ...KEEP_ALIVES }).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`,
  );
  return {
    connectionString: kept.size === 0 ? place : `${place}?${kept}`,
    options: [...given.getAll('options'), ...ours].join(' '),
  };
}

/** Asks a session how it is set. */
export const READ_SETTINGS = `SELECT lower(name) AS name, setting FROM pg_settings`;

/** The first setting that is another than it has to be, as the end of a sentence; null if all are. */
export function findWrongSetting(
  wanted: Readonly<Record<string, string>>,
  rows: readonly { readonly name: string; readonly setting: string }[],
): string | null {
  const found = new Map(rows.map(({ name, setting }) => [name, setting]));
  const wrong = Object.keys(wanted).find((name) => found.get(name) !== wanted[name]);
  return wrong === undefined
    ? null
    : `has ${wrong} = ${found.get(wrong) ?? 'nothing'} where ${wanted[wrong]} is needed: whatever lies in between has to pass the options of a connection on.`;
}
