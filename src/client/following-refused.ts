import type { GraphQLFormattedError } from 'graphql';

/** Why changes can't be followed, and trying again would not help. */
export class FollowingRefused extends Error {
  override readonly name = 'FollowingRefused';
  /**
   * UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT or another code of the server; BAD_REQUEST or BAD_RESPONSE if
   * it does not speak as agreed.
   */
  readonly code: string;
  /** What the server answered, if it did in GraphQL. */
  readonly errors: readonly GraphQLFormattedError[];

  constructor(code: string, message: string, errors: readonly GraphQLFormattedError[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}
