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

/** An event without data carries no cursor: a client that got it would be past it without knowing. */
export function isLost({ data, errors }: ExecutionResult): boolean {
  return (data ?? null) === null && errors?.some(isOurFault) === true;
}

/** Why an event is too large for its subscription, with which it has to end: the next one would have no cursor either. */
export function whyTooLarge({ errors }: ExecutionResult): GraphQLError | undefined {
  return errors?.find(({ extensions }) => extensions.limit === 'answerBytes');
}
