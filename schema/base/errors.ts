import { GraphQLError } from 'graphql';

/**
 * The error for invalid input, shown to the client unchanged. `path` is the input's place in the field's
 * arguments; null if GraphQL says it.
 */
export function badUserInput(message: string, path: string | null): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(path !== null && { argument: path }) },
  });
}

/** The error for a field that the viewer's role may not use. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
