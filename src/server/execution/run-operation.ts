import { type ExecutionResult, execute } from 'graphql';
import type { PreparedOperation } from '../request/documents.ts';
import type { Operation } from '../request/operation.ts';
import { type CompiledOperation, compileOperation } from './compile-operation.ts';

/** Executes an operation, or one event of a subscription. */
export type RunOperation = (
  operation: Operation,
  rootValue: unknown,
  contextValue: unknown,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Makes what executes operations with graphql-js at first, and compiled once they have been executed `compileAfter`
 * times; those of trusted documents at once. 0 compiles all at once, Infinity none, those of trusted documents neither.
 */
export function createRunOperation(compileAfter: number): RunOperation {
  const uses = new WeakMap<PreparedOperation, { runs: number; compiled: CompiledOperation | null }>();

  const compiledOf = (prepared: PreparedOperation): CompiledOperation | null => {
    const use = uses.get(prepared) ?? { runs: 0, compiled: null };
    uses.set(prepared, use);
    const isDue = prepared.isTrusted && compileAfter !== Number.POSITIVE_INFINITY ? 0 : compileAfter;
    if (use.runs === isDue) use.compiled = compileOperation(prepared);
    use.runs += 1;
    return use.compiled;
  };

  return ({ prepared, rawVariables, variables }, rootValue, contextValue) => {
    const compiled = compiledOf(prepared);
    if (compiled?.fits(variables) === true) return compiled.run(rootValue, contextValue, variables);
    const { schema, document, name } = prepared;
    return execute({
      schema,
      document,
      operationName: name,
      rootValue,
      contextValue,
      variableValues: rawVariables,
    });
  };
}
