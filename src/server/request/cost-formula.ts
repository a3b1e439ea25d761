import type { FieldNode, SelectionNode } from 'graphql';
import {
  type AnyField,
  hasVariable,
  isLeftOut,
  NO_VARIABLES,
  type Values,
  type Variables,
  valuesOf,
} from './document-values.ts';
import { isRecord } from './graph-request.ts';

/**
 * How many objects an answer has at most from one object down, where that is known: for each field that
 * returns objects either all of them, or one of several. Fields that are left out have what the schema says.
 */
export type AnswerSize = {
  readonly type: string;
  readonly fields: Readonly<
    Record<string, readonly AnswerSize[] | { readonly oneOf: readonly AnswerSize[] }>
  >;
};

/**
 * What objects of a type may come to, of which the dearest counts; none if it is not known. `program` is what
 * the operation names at its root, if it does. Gives the same list again as long as nothing is different.
 */
export type FindSizes = (type: string, program: string | null) => readonly AnswerSize[];

/** What is known with the variables. */
export type Given = { readonly variables: Variables; readonly sizes: FindSizes };

/** A cost that is known, or becomes so with the variables. */
export type Cost = number | ((given: Given) => number);

/** The costs together. */
export function sum(costs: readonly Cost[]): Cost {
  return combine(costs, (values) => values.reduce((total, value) => total + value, 0));
}

/** The one cost as often as the other says. */
export function product(one: Cost, other: Cost): Cost {
  return combine([one, other], (values) => values.reduce((total, value) => total * value, 1));
}

/** Known as soon as everything is that it is made of. */
export function combine(costs: readonly Cost[], how: (values: readonly number[]) => number): Cost {
  const known = costs.filter((cost) => typeof cost === 'number');
  if (known.length === costs.length) return how(known);
  return (given) => how(costs.map((cost) => worth(cost, given)));
}

/** The cost, now that everything is known. */
export function worth(cost: Cost, given: Given): number {
  return typeof cost === 'number' ? cost : cost(given);
}

/** What a field itself costs, and what the arguments add that it is given. */
export function weightOf(field: AnyField, node: FieldNode, otherwise: number): Cost {
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

/**
 * What `read` makes of a field's arguments. Arguments that can't be read are the resolver's to refuse, so
 * they count as none.
 */
export function fromArguments(field: AnyField, node: FieldNode, read: (values: Values) => number): Cost {
  const cost = ({ variables }: Pick<Given, 'variables'>): number => read(valuesOf(field, node, variables));
  return node.arguments?.some(({ value }) => hasVariable(value)) === true
    ? cost
    : cost({ variables: NO_VARIABLES });
}

/** The cost of a selection, which is none where @skip or @include leaves it out. */
export function unlessLeftOut(node: SelectionNode, cost: Cost): Cost {
  if (node.directives === undefined || node.directives.length === 0) return cost;
  return (given) => (isLeftOut(node, given.variables) ? 0 : worth(cost, given));
}
