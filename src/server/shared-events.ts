import { TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { classOf, type RightsClass } from '../app/rights.ts';
import type { Operation } from './admission.ts';
import type { PreparedOperation } from './documents.ts';
import type { EventResult } from './event-result.ts';

/** Results of events, executed once for all subscribers who get the same of an event at about the same time. */
export type SharedEvents = {
  /** What `execute` gave for this event and key a moment ago, or gives now. */
  share(event: unknown, key: string, execute: () => Promise<EventResult>): Promise<EventResult>;
  /** How many events are remembered. */
  readonly size: number;
};

/** An event is forgotten after one to two of these: what it says of other things than itself would become old. */
const REMEMBERED_MS = 1_000;

type Results = Map<string, Promise<EventResult>>;

/** Makes the memory of what was executed for events. Results for which `isLost` holds are not given to anybody who asks later. */
export function createSharedEvents(isLost: (result: EventResult) => boolean): SharedEvents {
  let recent = new Map<unknown, Results>();
  let older = new Map<unknown, Results>();
  let timer: NodeJS.Timeout | undefined;

  const forget = (): void => {
    older = recent;
    recent = new Map();
    if (older.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const resultsOf = (event: unknown): Results => {
    const known = recent.get(event) ?? older.get(event);
    if (known !== undefined) return known;
    const results: Results = new Map();
    recent.set(event, results);
    timer ??= setInterval(forget, REMEMBERED_MS).unref();
    return results;
  };

  return {
    share(event, key, execute) {
      const results = resultsOf(event);
      const known = results.get(key);
      if (known !== undefined) return known;
      const result = execute();
      results.set(key, result);
      const drop = () => results.delete(key);
      result.then((settled) => isLost(settled) && drop(), drop);
      return result;
    },
    get size() {
      return recent.size + older.size;
    },
  };
}

const numbers = new WeakMap<PreparedOperation, number>();
let lastNumber = 0;

/**
 * The same text for subscriptions that get the same result for the same event: of the same operation, with the same variables where they
 * reach below the root field, and with the same rights. What the root field is given decides which events come, not what is in them.
 */
export function shareKeyOf({ prepared, rawVariables }: Operation, rights: RightsClass | null): string {
  let number = numbers.get(prepared);
  if (number === undefined) {
    lastNumber += 1;
    number = lastNumber;
    numbers.set(prepared, number);
  }
  const given = variablesBelowRoot(prepared)
    .filter((name) => Object.hasOwn(rawVariables, name))
    .map((name) => [name, rawVariables[name]]);
  return JSON.stringify([number, rights && classOf(rights), given]);
}

/** Conditions on the root field itself, whose variables would be missed, are refused in a subscription. */
function variablesBelowRoot({ schema, document }: PreparedOperation): readonly string[] {
  const types = new TypeInfo(schema);
  const root = schema.getSubscriptionType();
  const names = new Set<string>();
  const visitor = visitWithTypeInfo(types, {
    VariableDefinition: () => false,
    Argument: () => (types.getParentType() === root ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  visit(document, visitor);
  return [...names].sort();
}
