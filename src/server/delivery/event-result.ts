import type { ExecutionResult, GraphQLError } from 'graphql';
import { isOurFault } from '../admission/mask-error.ts';
import { withoutHttp } from '../settings/with-extensions.ts';
import { toByteString } from './text-frame.ts';

/** The result of an event with its JSON, which is made once for however many subscribers. */
export type EventResult = ExecutionResult & {
  /** As text; Yoga looks for it under this name. */
  readonly stringify: () => string;
  /** As a byte string of UTF-8. */
  readonly toByteString: () => string;
};

/** Gives a result its JSON. */
export function toEventResult(result: ExecutionResult): EventResult {
  let text: string | undefined;
  let bytes: string | undefined;
  const stringify = (): string => {
    text ??= JSON.stringify({ ...result, errors: result.errors?.map(withoutHttp) });
    return text;
  };
  return {
    ...result,
    stringify,
    toByteString() {
      bytes ??= toByteString(stringify());
      return bytes;
    },
  };
}

/** An event without data carries no cursor, so the client could not resume after it. */
export function isLost({ data, errors }: ExecutionResult): boolean {
  return (data ?? null) === null && errors?.some(isOurFault) === true;
}

/**
 * The error with which a subscription ends because an event is too large: the next event would be too large
 * too.
 */
export function whyTooLarge({ errors }: ExecutionResult): GraphQLError | undefined {
  return errors?.find(({ extensions }) => extensions.limit === 'answerBytes');
}
