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

/** The same for several problems, at least one: the first is told as one is, and all are listed. */
export function badInputs(
  problems: readonly { readonly path: string; readonly message: string }[],
  around: string,
): GraphQLError {
  const listed = problems.map(({ path, message }) => ({ argument: `${around}.${path}`, message }));
  const [first] = listed;
  if (first === undefined) throw new Error('Nothing is wrong.');
  return new GraphQLError(first.message, {
    extensions: {
      code: 'BAD_USER_INPUT',
      argument: first.argument,
      ...(listed.length > 1 && { problems: listed }),
    },
  });
}

/** The error for a field that the viewer's role may not use. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
