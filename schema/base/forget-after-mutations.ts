import type { GraphQLSchema } from 'graphql';
import { forgetReads } from './batched.ts';

/** Has every mutation forget what its operation read before it: what it answers, and each one after it, shows what it made. */
export function forgetAfterMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const inner = field.resolve;
    if (inner === undefined) continue;
    field.resolve = async (source, args, context, info) => {
      try {
        return await inner(source, args, context, info);
      } finally {
        forgetReads(context);
      }
    };
  }
  return schema;
}
