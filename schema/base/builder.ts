import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Day, Instant } from '../../src/engine/values/day.ts';
import type { Fraction } from '../../src/engine/values/fraction.ts';
import type { Locale } from '../../src/engine/values/language.ts';
import type { Context } from './context.ts';
import type { MutationName } from './root-rules.ts';

/** What the schema is built with; the types and fields are in the files named after them. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  /** What every page knows besides its edges, see page.ts. */
  Connection: { readonly count: () => number | Promise<number> };
  Scalars: {
    ID: { Input: string; Output: string };
    /** Input is text that the resolver reads, see scalars.ts. */
    Date: { Input: string; Output: Day };
    DateTime: { Input: string; Output: Instant };
    Decimal: { Input: string; Output: Fraction };
    Locale: { Input: Locale; Output: Locale };
    RulebookDocument: { Input: unknown; Output: unknown };
    JsonSchema: { Input: never; Output: unknown };
  };
}>({
  // The first plugin is the outermost: arguments are read only if the role may use the field.
  plugins: ['rights', 'texts', 'forgetting', RelayPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  relay: {
    edgesFieldOptions: { nullable: false, description: 'The nodes of this page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The entry at this place in the list.' },
    cursorFieldOptions: {
      description: 'The place of this edge in the list, for `after` or `before`.',
    },
    pageInfoFieldOptions: { description: 'Whether there is more, and where to go on.' },
    nodesOnConnection: { description: 'The nodes of this page, without their cursors.' },
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: {
      description:
        'Whether entries follow this page; read backwards, whether the page ended before a cursor.',
    },
    hasPreviousPageFieldOptions: {
      description: 'Whether entries precede this page; read forwards, whether the page began after a cursor.',
    },
    startCursorFieldOptions: { description: 'The cursor of the first edge; null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge; null on an empty page.' },
  },
});

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description: 'How many entries the whole list has. They are counted only if this field is selected.',
    resolve: ({ count }) => count(),
  }),
);

builder.queryType({ description: 'All reads. Lists come in pages of at most 100.' });
builder.mutationType({
  description:
    'All writes. Expected refusals are members of a result that implement `Refusal`; wrong input is an error with the code BAD_USER_INPUT.',
});
builder.subscriptionType({
  description: 'All subscriptions, over WebSocket (graphql-transport-ws) or server-sent events.',
});

/** Adds a mutation, for which root-rules.ts has to say who may use it. */
export function addMutation(name: MutationName, field: Parameters<typeof builder.mutationField>[1]): void {
  builder.mutationField(name, field);
}
