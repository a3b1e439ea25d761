// SQLSTATEs: connection exceptions; too few resources or connections; the server is stopped, starts or
// crashed, or a session was ended; only reading, as after a failover; a transaction that was idle or took too
// long.
const SQLSTATE = /^(08[0-9A-Z]{3}|53[0-9A-Z]{3}|57P0[1-5]|25006|25P0[34])$/;

// What Node says of a connection, and Prisma of a database, by code or by the kind of a driver's error.
const CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'],
  ...['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'],
]);

// Where pg and its pool give no code.
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'The database does not work on what it was sent',
];

/** The codes of an error and of everything that caused it. */
export function* codesOf(error: unknown): Generator<string> {
  for (const at of causesOf(error)) {
    for (const key of ['code', 'originalCode', 'kind'] as const) {
      const code = (at as Readonly<Record<string, unknown>>)[key];
      if (typeof code === 'string') yield code;
    }
  }
}

function* causesOf(error: unknown, depth = 0): Generator<object> {
  if (!(error instanceof Object) || depth > 6) return;
  yield error;
  if ('meta' in error && error.meta instanceof Object) {
    yield error.meta;
    if ('driverAdapterError' in error.meta) yield* causesOf(error.meta.driverAdapterError, depth + 1);
  }
  if ('cause' in error) yield* causesOf(error.cause, depth + 1);
}

/**
 * It is not known whether a transaction was committed: the connection was lost after that had been asked for.
 */
export class OutcomeUnknown extends Error {}

/**
 * Whether the database could not be reached, or took nothing more, for a reason that passes; what was asked
 * for was not done, or rolled back. False where it may have been committed.
 */
export function isOutage(error: unknown): boolean {
  if ([...causesOf(error)].some((at) => at instanceof OutcomeUnknown)) return false;
  if ([...codesOf(error)].some((code) => CODES.has(code) || SQLSTATE.test(code))) return true;
  return [...causesOf(error)].some(
    (at) =>
      'message' in at &&
      typeof at.message === 'string' &&
      MESSAGES.some((text) => String(at.message).includes(text)),
  );
}
