import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { forgetReads } from './batched.ts';
import { contextOf } from './context.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      forgetting: ForgettingPlugin<Types>;
    }
  }
}

/**
 * Makes every mutation forget what its operation read before, so that its answer and later mutations see the
 * new state.
 */
class ForgettingPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (field.kind !== 'Mutation') return resolve;
    return async (source, args, context, info) => {
      try {
        return await resolve(source, args, context, info);
      } finally {
        forgetReads(contextOf(context));
      }
    };
  }
}

SchemaBuilder.registerPlugin('forgetting', ForgettingPlugin);
