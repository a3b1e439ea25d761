import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import type { Costs } from '../settings/limits.ts';
import {
  type AnswerSize,
  type Cost,
  combine,
  type FindSizes,
  fromArguments,
  type Given,
  product,
  sum,
  unlessLeftOut,
  weightOf,
  worth,
} from './cost-formula.ts';
import {
  type AnyField,
  dependsOnVariables,
  hasObjects,
  isLeftOut,
  type ProgramOf,
  programNamed,
  type Variables,
} from './document-values.ts';
import { isRecord } from './graph-request.ts';

/**
 * Prepares the cost of a valid operation; what it gives back computes it from coerced variables. A field that
 * is selected twice under one name counts twice; of the types that an object may turn out to have, the
 * dearest counts.
 */
export function prepareCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  costs: Costs,
  sizedTypes: ReadonlySet<string>,
): (variables: Variables, sizes: FindSizes) => number {
  const ofSelections = (
    parent: GraphQLCompositeType,
    set: SelectionSetNode,
    page: Cost | null,
    program: ProgramOf,
  ): Cost => {
    const certain: Cost[] = [];
    const conditional: { readonly type: GraphQLCompositeType; readonly cost: Cost }[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        certain.push(unlessLeftOut(selection, ofField(parent, selection, page, program)));
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined) continue;
      const named = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition);
      const type = isCompositeType(named) ? named : parent;
      const cost = unlessLeftOut(selection, ofSelections(type, fragment.selectionSet, page, program));
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

  const ofField = (
    parent: GraphQLCompositeType,
    node: FieldNode,
    page: Cost | null,
    above: ProgramOf,
  ): Cost => {
    const name = node.name.value;
    if (name.startsWith('__')) return name === '__typename' ? 0 : costs.introspection;
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (field === undefined) return 0;
    const type = getNamedType(field.type);
    const isList = isListType(getNullableType(field.type));
    const rows = isMutation(parent) ? rowsOf(field, node) : null;
    const ownPage = isList ? null : (rows ?? pageOf(field, node));
    const program = isRoot(parent) ? programNamed(field, node) : above;
    const within =
      isCompositeType(type) && node.selectionSet !== undefined
        ? ofObject(type, node.selectionSet, ownPage, program)
        : 0;
    const each = sum([weightOf(field, node, isCompositeType(type) ? 1 : 0), within]);
    const total = isList ? product(listSize(field, node, page), each) : each;
    return rows === null ? total : sum([costs.mutation, rows, total]);
  };

  /** What an object costs besides itself: as much as is known of its size, or what the schema says. */
  const ofObject = (
    type: GraphQLCompositeType,
    set: SelectionSetNode,
    page: Cost | null,
    program: ProgramOf,
  ): Cost => {
    const otherwise = ofSelections(type, set, page, program);
    if (!sizedTypes.has(type.name) || !hasObjects(set)) return otherwise;
    const isFixed = !dependsOnVariables(set, fragments);
    const known = new WeakMap<readonly AnswerSize[], number>();
    return (given) => {
      const sizes = given.sizes(type.name, program(given));
      if (sizes.length === 0) return worth(otherwise, given);
      const cost = (isFixed ? known.get(sizes) : undefined) ?? dearest(sizes, set, given, program);
      if (isFixed) known.set(sizes, cost);
      return cost;
    };
  };

  const dearest = (
    sizes: readonly AnswerSize[],
    set: SelectionSetNode,
    given: Given,
    program: ProgramOf,
  ): number => {
    const known = new Map<SelectionSetNode, Map<AnswerSize, number>>();
    const costOf = (size: AnswerSize, selected: SelectionSetNode): number => {
      const there = known.get(selected) ?? new Map<AnswerSize, number>();
      known.set(selected, there);
      const cost = there.get(size) ?? computeCost(size, selected);
      there.set(size, cost);
      return cost;
    };
    const computeCost = (size: AnswerSize, { selections }: SelectionSetNode): number => {
      const parent = schema.getType(size.type);
      if (!isObjectType(parent)) return 0;
      let total = 0;
      for (const selection of selections) {
        if (isLeftOut(selection, given.variables)) continue;
        if (selection.kind === Kind.FIELD) total += costOfField(size, parent, selection);
        else {
          const fragment =
            selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
          if (fragment === undefined) continue;
          const named = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition);
          const fits =
            named === undefined ||
            named === parent ||
            (isAbstractType(named) && schema.isSubType(named, parent));
          if (fits) total += costOf(size, fragment.selectionSet);
        }
      }
      return total;
    };
    const costOfField = (size: AnswerSize, parent: GraphQLObjectType, node: FieldNode): number => {
      const children = size.fields[node.name.value];
      const field = parent.getFields()[node.name.value];
      const { selectionSet } = node;
      if (children === undefined || field === undefined || selectionSet === undefined) {
        return worth(ofField(parent, node, null, program), given);
      }
      const weight = worth(weightOf(field, node, 1), given);
      const ofEach = (each: readonly AnswerSize[]): readonly number[] =>
        each.map((child) => weight + costOf(child, selectionSet));
      return 'oneOf' in children
        ? ofEach(children.oneOf).reduce((most, cost) => Math.max(most, cost), 0)
        : ofEach(children).reduce((all, cost) => all + cost, 0);
    };
    return sizes.reduce((most, size) => Math.max(most, costOf(size, set)), 0);
  };

  const isRoot = (parent: GraphQLCompositeType): boolean =>
    parent === schema.getRootType(operation.operation);

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
  const cost = isObjectType(root) ? ofSelections(root, operation.selectionSet, null, () => null) : 0;
  return (variables, sizes) => atLeastOne(worth(cost, { variables, sizes }));
}

/** The lists that have an entry for each of a connection's page, or of the rows that a mutation was given. */
const PAGE_LISTS: ReadonlySet<string> = new Set(['edges', 'nodes', 'rows', 'rejections']);

/** The least that a request costs. */
function atLeastOne(cost: number): number {
  return Math.max(1, Math.ceil(cost));
}
