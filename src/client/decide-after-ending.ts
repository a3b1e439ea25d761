import type { GraphQLFormattedError } from 'graphql';
import { CloseCode } from 'graphql-ws/client';
import { FollowingRefused } from './following-refused.ts';
import type { Ending } from './open-subscription.ts';

/** What to do after a subscription ended: try again, not before some time, or give up. */
export type Judgement =
  | { readonly retry: true; readonly why: string; readonly notBeforeMs: number }
  | { readonly retry: false; readonly refusal: FollowingRefused };

/** An outage, or a limit that time lifts. */
const TEMPORARY_CODES: ReadonlySet<string> = new Set([
  'INTERNAL_SERVER_ERROR',
  'TIME_LIMIT_EXCEEDED',
  'RATE_LIMITED',
]);
/** What a fresh token may change. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/**
 * Decides what to do after a subscription ended; `hasDelivered` says whether it gave any event. A broken
 * connection is tried again. So is one that was accepted and closed later, since its token may have expired:
 * only a connection that is refused from the start is final.
 */
export function decideAfterEnding(ending: Ending, hasDelivered: boolean): Judgement {
  switch (ending.type) {
    case 'CLOSED':
      return judgeClose(ending);
    case 'ERRORS':
      return judgeErrors(ending.errors, hasDelivered);
    case 'COMPLETED':
      return retry('The server ended the subscription.');
    case 'SILENT':
      return retry('Nothing was heard from the server.');
    case 'FAILED':
      return retry(ending.error instanceof Error ? ending.error.message : String(ending.error));
  }
}

function judgeClose({ code, reason, isAcknowledged }: Extract<Ending, { type: 'CLOSED' }>): Judgement {
  const sentence = reason === '' ? `The connection was closed with ${code}.` : reason;
  switch (code) {
    case CloseCode.Unauthorized:
    case CloseCode.Forbidden:
      return isAcknowledged ? retry(sentence) : refuse('UNAUTHENTICATED', sentence);
    case CloseCode.BadRequest:
    case CloseCode.SubprotocolNotAcceptable:
      return refuse('BAD_REQUEST', sentence);
    default:
      return retry(sentence);
  }
}

function judgeErrors(errors: readonly GraphQLFormattedError[], hasDelivered: boolean): Judgement {
  const final = errors.find((error) => {
    const code = codeOf(error);
    return !TEMPORARY_CODES.has(code) && !(hasDelivered && CREDENTIAL_CODES.has(code));
  });
  if (final !== undefined) return refuse(codeOf(final), final.message, errors);
  const waits = errors
    .map(({ extensions }) => extensions?.retryAfterMs)
    .filter((ms) => typeof ms === 'number');
  return retry(errors.map(({ message }) => message).join(' '), Math.max(0, ...waits));
}

function codeOf({ extensions }: GraphQLFormattedError): string {
  return typeof extensions?.code === 'string' ? extensions.code : 'BAD_RESPONSE';
}

function retry(why: string, notBeforeMs = 0): Judgement {
  return { retry: true, why, notBeforeMs };
}

function refuse(code: string, message: string, errors?: readonly GraphQLFormattedError[]): Judgement {
  return { retry: false, refusal: new FollowingRefused(code, message, errors) };
}
