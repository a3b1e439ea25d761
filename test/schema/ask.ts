import { type ExecutionResult, graphql } from 'graphql';
import { createContext } from '../../schema/base/context.ts';
import { schema } from '../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import type { OpenApp } from '../../src/app/open-app.ts';

/** Runs an operation in a context of its own, as a server would. */
export function ask(
  opened: OpenApp,
  source: string,
  variableValues: Record<string, unknown> = {},
  rights: Rights = ALL_RIGHTS,
): Promise<ExecutionResult> {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  return graphql({ schema, source, variableValues, contextValue });
}

/** What an operation gave that has no errors; fails with them otherwise. */
export async function answer(
  opened: OpenApp,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<unknown> {
  const { data, errors } = await ask(opened, source, variableValues);
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  // Without the null prototypes that graphql-js gives its objects.
  return JSON.parse(JSON.stringify(data));
}

/** What an operation was refused with: code, place and message of each error. */
export async function complaints(
  opened: OpenApp,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<unknown[]> {
  const { errors } = await ask(opened, source, variableValues);
  return (errors ?? []).map(({ extensions, message }) => [extensions.code, extensions.argument, message]);
}
