import { type ExecutionResult, GraphQLError, type GraphQLErrorOptions, Kind } from 'graphql';
import type { ErrorCode } from '../../app/context/error-code.ts';
import { outageOf } from '../../app/context/outage.ts';
import { withExtensions } from '../settings/with-extensions.ts';

/** The codes that a resolver may show to a client; everything else that it throws is masked. */
const SHOWN_CODES: ReadonlySet<unknown> = new Set(['BAD_USER_INPUT', 'FORBIDDEN', 'UNAUTHENTICATED']);
/** The code of an operation that took too long. */
export const TIME_CODE = 'TIME_LIMIT_EXCEEDED';
const MASKED_CODE = 'INTERNAL_SERVER_ERROR';
const OUTAGE_CODE = 'TRY_AGAIN';
const UNKNOWN_CODE = 'OUTCOME_UNKNOWN';

/** True for an error that `maskError` made: a bug or an outage on our side. */
export function isMasked(error: GraphQLError): boolean {
  const { code } = error.extensions;
  return code === MASKED_CODE || code === OUTAGE_CODE || code === UNKNOWN_CODE;
}

/** True for what the client can do nothing about but try again. */
export function isOurFault(error: GraphQLError): boolean {
  return isMasked(error) || error.extensions.code === TIME_CODE;
}

/** How an operation or an event came out, for the metrics. */
export function outcomeOf(result: ExecutionResult): 'OK' | 'BAD_REQUEST' | 'FAILED' {
  if (result.errors === undefined) return 'OK';
  return result.errors.some(isOurFault) ? 'FAILED' : 'BAD_REQUEST';
}

/**
 * What a client sees of an error: its own mistake unchanged, with a code; of anything else only the request
 * id under which `report` logged it.
 */
export function maskError(error: unknown, requestId: string, report: (error: unknown) => void): GraphQLError {
  if (error instanceof GraphQLError) {
    if (isMasked(error) && error.originalError === undefined) return error;
    const shown = showClientError(error);
    if (shown !== null) return shown;
  }
  report(error);
  const { code, message } = tell(outageOf(error instanceof GraphQLError ? error.originalError : error));
  return new GraphQLError(`${message}; it is logged as request ${requestId}.`, {
    ...(error instanceof GraphQLError && placeOf(error)),
    extensions: { code, requestId },
  });
}

function tell(outage: ReturnType<typeof outageOf>): { readonly code: ErrorCode; readonly message: string } {
  switch (outage) {
    case 'NOT_DONE':
      return {
        code: OUTAGE_CODE,
        message: "The database can't be reached just now, and nothing was changed; try again in a moment",
      };
    case 'UNKNOWN':
      return {
        code: UNKNOWN_CODE,
        message:
          'The connection to the database was lost while a change was being committed; it may have been made or not',
      };
    case null:
      return { code: MASKED_CODE, message: 'Something went wrong on our side' };
  }
}

function showClientError(error: GraphQLError): GraphQLError | null {
  if (!isMadeByGraphQL(error)) return null;
  if (SHOWN_CODES.has(error.extensions.code)) return error;
  // Without a path it is about the request: its syntax, its validity, its variables.
  const isAboutRequest = error.path === undefined;
  // With a path it is a resolver's, unless it points at an argument that could not be read.
  const isAboutArgument = error.nodes?.[0] !== undefined && error.nodes[0].kind !== Kind.FIELD;
  if (!isAboutRequest && (!isAboutArgument || error.extensions.code !== undefined)) return null;
  if (error.extensions.code !== undefined) return error;
  return withExtensions(error, { ...error.extensions, code: 'BAD_USER_INPUT' });
}

function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

/** False if any other kind of error is what caused this one. */
function isMadeByGraphQL(error: GraphQLError): boolean {
  const cause = error.originalError;
  return cause === undefined || cause === null || (cause instanceof GraphQLError && isMadeByGraphQL(cause));
}
