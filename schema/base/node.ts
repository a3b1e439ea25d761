import type { Fact } from '../../src/engine/partner/fact.ts';
import { type FactType, factTypeOf } from '../../src/engine/rulebook/fact-type.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import type { OverrideRow } from '../../src/store/reading/read-override.ts';
import type { PartnerRow } from '../../src/store/reading/read-partner.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';
import { loadOverride } from './load-override.ts';
import { findRulebook, type RulebookSource } from './rulebook-source.ts';

/** Whatever has a global id. */
export type NodeSource = ProgramRecord | RulebookSource | PartnerRow | Fact | OverrideRow | LogEntry;

/** The name of a node's type in the graph. */
export function typeNameOf(node: NodeSource): string {
  if ('change' in node) return node.change.detail.type;
  if ('occurredOn' in node) return factTypeName(node);
  if ('enrolledOn' in node) return 'Partner';
  if ('endsOn' in node) return 'TierOverride';
  return 'published' in node ? 'Rulebook' : 'Program';
}

/** The name of each type of fact in the graph. */
export const FACT_TYPE_NAMES = {
  revenue: 'RevenueFact',
  certification: 'CertificationFact',
  satisfaction: 'SatisfactionFact',
  measurement: 'MeasurementFact',
} as const satisfies Record<FactType, string>;

/** The name of a fact's type in the graph. */
export function factTypeName({ kind }: Fact) {
  return FACT_TYPE_NAMES[factTypeOf(kind)];
}

/** The node's global id. */
export function idOf(node: NodeSource): string {
  return encodeGlobalId(typeNameOf(node), 'published' in node ? node.published.id : node.id);
}

export const Node = builder.interfaceRef<NodeSource>('Node').implement({
  description: 'Anything that has a global id.',
  resolveType: typeNameOf,
  fields: (t) => ({
    id: t.id({
      description: 'Its global id, which is opaque and never changes.',
      resolve: idOf,
    }),
  }),
});

builder.queryFields((t) => ({
  node: t.field({
    description: 'The object with this id; null if there is none, or the viewer may not see it.',
    type: Node,
    nullable: true,
    args: { id: t.arg.id({ description: 'The `Node.id` of the object.' }) },
    resolve: (_, { id }, context) => loadNode(context, id),
  }),
  nodes: t.field({
    description:
      'The objects with these ids, in their order; null where there is none, or the viewer may not see it.',
    type: [Node],
    nullable: { list: false, items: true },
    args: { ids: t.arg.idList({ description: 'Global ids, at most 100.' }) },
    resolve: (_, { ids }, context) => {
      if (ids.length > MOST_NODES)
        throw badUserInput(`At most ${MOST_NODES} ids can be asked for at once.`, 'ids');
      return Promise.all(ids.map((id) => loadNode(context, id)));
    },
  }),
}));

const MOST_NODES = 100;

async function loadNode(context: Context, globalId: string): Promise<NodeSource | null> {
  const decoded = decodeGlobalId(globalId);
  if (decoded === null) return null;
  const node = await loadByType(context, decoded);
  return node !== null && typeNameOf(node) === decoded.typeName ? node : null;
}

async function loadByType(
  context: Context,
  { typeName, id }: { readonly typeName: string; readonly id: string },
): Promise<NodeSource | null> {
  switch (typeName) {
    case 'Program':
      return (await context.app.catalogue.find('id', id)) ?? null;
    case 'Rulebook':
      return findRulebook(context, id);
    case 'Partner':
      return context.partners.load(id);
    case 'TierOverride':
      return loadOverride(context, id);
    default:
      return typeName.endsWith('Fact') ? context.facts.load(id) : context.changes.load(id);
  }
}
