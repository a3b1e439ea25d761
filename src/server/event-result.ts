import type { ExecutionResult } from 'graphql';
import { withoutHttp } from './with-extensions.ts';

/** The result of an event with its JSON, which is made once for however many subscribers. */
export type EventResult = ExecutionResult & {
  /** As text; Yoga looks for it under this name. */
  readonly stringify: () => string;
  /** In UTF-8. */
  readonly toBytes: () => Buffer;
};

/** Gives a result its JSON. */
export function toEventResult(result: ExecutionResult): EventResult {
  let text: string | undefined;
  let bytes: Buffer | undefined;
  const stringify = (): string => {
    text ??= JSON.stringify({ ...result, errors: result.errors?.map(withoutHttp) });
    return text;
  };
  const toBytes = (): Buffer => {
    bytes ??= Buffer.from(stringify());
    return bytes;
  };
  return { ...result, stringify, toBytes };
}
