import { TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { classOf, type RightsClass } from '../../app/access/rights.ts';
import type { PreparedOperation } from '../request/documents.ts';
import type { Operation } from '../request/operation.ts';
import type { EventResult } from './event-result.ts';

/**
 * Results of events, executed once for all subscribers who get the same of an event at about the same time.
 */
export type SharedExecutions = {
  /**
   * Gives the recipient the result for this event and key: at once if it was executed a moment ago, or when
   * its execution ends. Returns false if there is no execution.
   */
  share(event: unknown, key: string, recipient: Recipient): boolean;
  /** Executes, gives the result, and keeps it for the subscribers that share it. */
  execute(event: unknown, key: string, execute: () => Promise<EventResult>, recipient: Recipient): void;
  /** How many events are remembered. */
  readonly size: number;
};

/** Who is given an event's result. */
export type Recipient = { give(result: EventResult): void };

/**
 * An event is forgotten after one to two of these intervals, since what it says about other objects becomes
 * outdated.
 */
const REMEMBERED_MS = 1_000;

type Execution = { result: EventResult | undefined; readonly waiting: Recipient[] };
type Executions = Map<string, Execution>;

/**
 * Makes the memory of what was executed for events. `execute` never fails; results for which `isLost` holds
 * are not given to subscribers that ask later.
 */
export function createSharedExecutions(isLost: (result: EventResult) => boolean): SharedExecutions {
  let recent = new Map<unknown, Executions>();
  let older = new Map<unknown, Executions>();
  let timer: NodeJS.Timeout | undefined;
  // The last one asked for: an event's subscribers ask one right after the other.
  let lastEvent: unknown;
  let lastExecutions: Executions | undefined;

  const forget = (): void => {
    lastEvent = undefined;
    lastExecutions = undefined;
    older = recent;
    recent = new Map();
    if (older.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const executionsOf = (event: unknown): Executions | undefined => {
    if (event !== lastEvent) {
      lastEvent = event;
      lastExecutions = recent.get(event) ?? older.get(event);
    }
    return lastExecutions;
  };
  const remember = (event: unknown): Executions => {
    const executions: Executions = new Map();
    recent.set(event, executions);
    lastEvent = event;
    lastExecutions = executions;
    timer ??= setInterval(forget, REMEMBERED_MS).unref();
    return executions;
  };

  const finish = async (
    executions: Executions,
    key: string,
    execution: Execution,
    execute: () => Promise<EventResult>,
  ): Promise<void> => {
    const result = await execute();
    execution.result = result;
    if (isLost(result)) executions.delete(key);
    // Recipients are released at once, since each keeps its whole subscription alive.
    for (const recipient of execution.waiting.splice(0)) recipient.give(result);
  };

  return {
    share(event, key, recipient) {
      const execution = executionsOf(event)?.get(key);
      if (execution === undefined) return false;
      if (execution.result === undefined) execution.waiting.push(recipient);
      else recipient.give(execution.result);
      return true;
    },
    execute(event, key, execute, recipient) {
      const executions = executionsOf(event) ?? remember(event);
      const execution = { result: undefined, waiting: [recipient] };
      executions.set(key, execution);
      void finish(executions, key, execution, execute);
    },
    get size() {
      return recent.size + older.size;
    },
  };
}

const numbers = new WeakMap<PreparedOperation, number>();
let lastNumber = 0;

/**
 * The same text for subscriptions that get the same result for the same event: of the same operation, with
 * the same variables where they reach below the root field, and with the same rights. What the root field is
 * given decides which events come, not what is in them.
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
