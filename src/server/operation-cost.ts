import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  type ValueNode,
} from 'graphql';
import { isRecord } from './graph-request.ts';
import type { Costs } from './limits.ts';

/** The values of an operation's variables, coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/** A cost that is known, or becomes so with the variables. */
type Cost = number | ((variables: Variables) => number);

/**
 * Prepares the cost of a valid operation; what it gives back computes it from coerced variables. A field that is
 * selected twice under one name counts twice; of the types that an object may turn out to have, the dearest counts.
 */
export function prepareCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  costs: Costs,
): (variables: Variables) => number {
  const ofSelections = (parent: GraphQLCompositeType, set: SelectionSetNode, page: Cost | null): Cost => {
    const certain: Cost[] = [];
    const conditional: { readonly type: GraphQLCompositeType; readonly cost: Cost }[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        certain.push(unlessLeftOut(selection, ofField(parent, selection, page)));
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined) continue;
      const named = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition);
      const type = isCompositeType(named) ? named : parent;
      const cost = unlessLeftOut(selection, ofSelections(type, fragment.selectionSet, page));
      if (isAbstractType(parent) && type !== parent) conditional.push({ type, cost });
      else certain.push(cost);
    }
    if (conditional.length > 0 && isAbstractType(parent)) {
      const possible = schema.getPossibleTypes(parent).map((object) => {
        const fits = ({ type }: { type: GraphQLCompositeType }): boolean =>
          type === object || (isAbstractType(type) && schema.isSubType(type, object));
        return conditional.filter(fits).map(({ cost }) => cost);
      });
      certain.push(combine(possible.map(sum), (values) => Math.max(0, ...values)));
    }
    return sum(certain);
  };

  const ofField = (parent: GraphQLCompositeType, node: FieldNode, page: Cost | null): Cost => {
    const name = node.name.value;
    if (name.startsWith('__')) return name === '__typename' ? 0 : costs.introspection;
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (field === undefined) return 0;
    const type = getNamedType(field.type);
    const isList = isListType(getNullableType(field.type));
    const rows = isMutation(parent) ? rowsOf(field, node) : null;
    const ownPage = isList ? null : (rows ?? pageOf(field, node));
    const within =
      isCompositeType(type) && node.selectionSet !== undefined
        ? ofSelections(type, node.selectionSet, ownPage)
        : 0;
    const each = sum([weightOf(field, node, isCompositeType(type) ? 1 : 0), within]);
    const total = isList ? product(listSize(field, node, page), each) : each;
    return rows === null ? total : sum([costs.mutation, rows, total]);
  };

  const isMutation = (parent: GraphQLCompositeType): boolean => parent === schema.getMutationType();

  /** How many entries the connection has that a field returns; null if it takes no page's size. */
  const pageOf = (field: AnyField, node: FieldNode): Cost | null => {
    if (!field.args.some(({ name }) => name === 'first' || name === 'last')) return null;
    return fromArguments(field, node, ({ first, last }) => {
      const size = [first, last].find((value) => typeof value === 'number');
      return typeof size === 'number' ? Math.max(0, size) : costs.pageSize;
    });
  };

  const listSize = (field: AnyField, node: FieldNode, page: Cost | null): Cost => {
    const { listSize: own } = field.extensions;
    if (typeof own === 'number') return own;
    if (page !== null && PAGE_LISTS.has(field.name)) return page;
    const asked = field.args.find(({ name }) => name === 'ids' || name === 'representations');
    if (asked === undefined) return costs.listSize;
    return fromArguments(field, node, ({ [asked.name]: keys }) =>
      Array.isArray(keys) ? keys.length : costs.listSize,
    );
  };

  /** How many rows a mutation is given: the entries of its input's lists. */
  const rowsOf = (field: AnyField, node: FieldNode): Cost =>
    fromArguments(field, node, (values) => {
      let rows = 0;
      for (const value of Object.values(values)) {
        for (const inner of Object.values(isRecord(value) ? value : { value })) {
          if (Array.isArray(inner)) rows += inner.length;
        }
      }
      return rows;
    });

  const root = schema.getRootType(operation.operation);
  const cost = isObjectType(root) ? ofSelections(root, operation.selectionSet, null) : 0;
  return (variables) => atLeastOne(worth(cost, variables));
}

/** The lists that have an entry for each of a connection's page, or of the rows that a mutation was given. */
const PAGE_LISTS: ReadonlySet<string> = new Set(['edges', 'nodes', 'rows', 'rejections']);

type AnyField = GraphQLField<unknown, unknown>;

/** What a request costs that returns no object. */
function atLeastOne(cost: number): number {
  return Math.max(1, Math.ceil(cost));
}

/** What a field itself costs, and what the arguments add that it is given. */
function weightOf(field: AnyField, node: FieldNode, otherwise: number): Cost {
  const { cost, costOfArguments } = field.extensions;
  const own = typeof cost === 'number' ? cost : otherwise;
  if (!isRecord(costOfArguments)) return own;
  const added = fromArguments(field, node, (values) => {
    let total = 0;
    for (const [name, each] of Object.entries(costOfArguments)) {
      if (values[name] != null && typeof each === 'number') total += each;
    }
    return total;
  });
  return sum([own, added]);
}

/** Arguments that can't be read are the resolver's to refuse, so they count as none. */
function fromArguments(field: AnyField, node: FieldNode, read: (values: Variables) => number): Cost {
  const cost = (variables: Variables): number => {
    try {
      return read(getArgumentValues(field, node, variables));
    } catch {
      return read({});
    }
  };
  return node.arguments?.some(({ value }) => hasVariable(value)) === true ? cost : cost({});
}

function unlessLeftOut(node: SelectionNode, cost: Cost): Cost {
  if (node.directives === undefined || node.directives.length === 0) return cost;
  return (variables) => (isLeftOut(node, variables) ? 0 : worth(cost, variables));
}

function isLeftOut(node: SelectionNode, variables: Variables): boolean {
  try {
    const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
    return skip?.if === true || include?.if === false;
  } catch {
    return false;
  }
}

function hasVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(hasVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => hasVariable(field.value));
    default:
      return false;
  }
}

function sum(costs: readonly Cost[]): Cost {
  return combine(costs, (values) => values.reduce((total, value) => total + value, 0));
}

function product(one: Cost, other: Cost): Cost {
  return combine([one, other], (values) => values.reduce((total, value) => total * value, 1));
}

/** Known as soon as everything is that it is made of. */
function combine(costs: readonly Cost[], how: (values: readonly number[]) => number): Cost {
  const known = costs.filter((cost) => typeof cost === 'number');
  if (known.length === costs.length) return how(known);
  return (variables) => how(costs.map((cost) => worth(cost, variables)));
}

function worth(cost: Cost, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost(variables);
}
