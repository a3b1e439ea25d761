import type { ExecutionResult } from 'graphql';
import { withoutHttp } from './with-extensions.ts';

/** The result of an event. Its text is made once, for however many subscribers; Yoga looks for it under this name. */
export type EventResult = ExecutionResult & { readonly stringify: () => string };

/** Gives a result its text. */
export function toEventResult(result: ExecutionResult): EventResult {
  let text: string | undefined;
  return {
    ...result,
    stringify() {
      text ??= JSON.stringify({ ...result, errors: result.errors?.map(withoutHttp) });
      return text;
    },
  };
}
