/**
 * The codes of errors as clients see them in `extensions.code`; README's table says what each means. The
 * schema and the server give no other: the compiler checks each GraphQLError that they make.
 */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'DOCUMENT_NOT_FOUND',
  'DOCUMENT_NOT_TRUSTED',
  'PERSISTED_QUERY_NOT_FOUND',
  'BAD_REQUEST',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'TIME_LIMIT_EXCEEDED',
  'UNAVAILABLE',
  'TRY_AGAIN',
  'OUTCOME_UNKNOWN',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

declare module 'graphql/error/GraphQLError.js' {
  interface GraphQLErrorExtensions {
    code?: ErrorCode;
  }
}
