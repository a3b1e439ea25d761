import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, getOperationAST, print } from 'graphql';
import type { NextMessage } from 'graphql-ws/client';
import {
  StatusChangedDocument,
  type StatusChangedSubscription,
  type StatusChangedSubscriptionVariables,
  type StatusChangeFilter,
} from '../generated/graphql/graphql.ts';
import { decideAfterEnding } from './decide-after-ending.ts';
import type { FollowingRefused } from './following-refused.ts';
import { type Ending, openSubscription, type Patience } from './open-subscription.ts';
import { createPullQueue } from './pull-queue.ts';
import type { WebSocketConstructor } from './web-socket-like.ts';

export { FollowingRefused } from './following-refused.ts';

/** What the default document selects of an event. */
export type StatusChangeEvent = StatusChangedSubscription['statusChanged'];

/** Every event carries a place in the log, from which following can resume. */
type Placed = { readonly cursor: string };

/** How following goes, to be shown to a user. */
export type ConnectionState =
  | { readonly type: 'CONNECTING' }
  /** The first event of a connection has arrived. */
  | { readonly type: 'CONNECTED' }
  /** The connection was lost, or none came about. */
  | { readonly type: 'WAITING'; readonly why: string; readonly retryInMs: number }
  /** The buffer of events is full: the connection is closed until half of them are taken. */
  | { readonly type: 'PAUSED' };

export type FollowOptions<Event extends Placed, Variables> = {
  /** Where the graph is served; http and https stand for ws and wss. */
  readonly url: string;
  /** The code of the programme. */
  readonly program: string;
  /** Which changes; all if left out. */
  readonly filter?: StatusChangeFilter | null | undefined;
  /**
   * Go on after this place: the `cursor` of an event, of a list or of the programme. If left out, from where
   * the log ends when the first event arrives: a Checkpoint that says where.
   */
  readonly after?: string | null | undefined;
  /** An API key or a JSON Web Token; a function is asked again for every connection. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /**
   * A subscription to `statusChanged` by $program, $filter and $after that selects every member's `cursor`.
   */
  readonly document?: TypedDocumentNode<{ readonly statusChanged: Event }, Variables> | undefined;
  /** Further variables of the document. */
  readonly variables?: Omit<Variables, keyof StatusChangedSubscriptionVariables> | undefined;
  /** Told how it goes, after the fact. */
  readonly onConnection?: ((state: ConnectionState) => void) | undefined;
  /** The global WebSocket if left out. */
  readonly webSocketImpl?: WebSocketConstructor | undefined;
  /** A pause is random, below a limit that doubles from `firstMs` (500) up to `longestMs` (10,000). */
  readonly retry?: { readonly firstMs?: number; readonly longestMs?: number } | undefined;
  /**
   * When a connection counts as lost: after 10 s of connecting, or 5 s after a ping that follows 15 s of
   * silence.
   */
  readonly patience?: Partial<Patience> | undefined;
  /** How many events may wait to be taken (1,000); at least 1. */
  readonly bufferSize?: number | undefined;
};

/** Events as they come; `return()`, or leaving the loop, ends it at once. */
export type StatusChangeIterator<Event> = AsyncIterableIterator<Event, undefined, undefined> &
  AsyncDisposable;

/**
 * Follows a programme's log: every event once and in order, across whatever happens to the connection. It is
 * resumed after the last event that arrived, as long as it takes; `Checkpoint` and `Resync` are handed on
 * like changes. Connects when the first event is asked for. Rejects with FollowingRefused when the server
 * refuses for good, after everything that came before it. Throws a TypeError or RangeError for options that
 * won't do.
 */
export function followStatusChanges<
  Event extends Placed = StatusChangeEvent,
  Variables = StatusChangedSubscriptionVariables,
>(options: FollowOptions<Event, Variables>): StatusChangeIterator<Event> {
  const { program, filter, variables, token, onConnection, bufferSize = 1000 } = options;
  const { firstMs = 500, longestMs = 10_000 } = options.retry ?? {};
  const patience = { connectWithinMs: 10_000, pingAfterMs: 15_000, pongWithinMs: 5_000, ...options.patience };
  const url = webSocketUrl(options.url);
  const query = textOf(options.document ?? StatusChangedDocument);
  const WebSocket = options.webSocketImpl ?? globalThis.WebSocket;
  if (WebSocket === undefined) throw new TypeError('There is no global WebSocket: give a webSocketImpl.');
  if (!(bufferSize >= 1)) throw new RangeError('The bufferSize has to be at least 1.');

  const queue = createPullQueue<Event>();
  let phase: 'NEW' | 'OPEN' | 'WAITING' | 'PAUSED' | 'ENDED' = 'NEW';
  let after = options.after ?? null;
  let subscription: { close(): void } | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  // In a microtask of its own, so that an error in it stops nothing here.
  const report = (state: ConnectionState): void => queueMicrotask(() => onConnection?.(state));
  const longestPause = (): number => Math.min(longestMs, firstMs * 2 ** failures);

  const connect = (): void => {
    phase = 'OPEN';
    report({ type: 'CONNECTING' });
    let hasDelivered = false;
    let lasting: ReturnType<typeof setTimeout> | undefined;

    const leave = (): void => {
      clearTimeout(lasting);
      opened.close();
    };
    const onEnd = (ending: Ending): void => {
      leave();
      const judgement = decideAfterEnding(ending, hasDelivered);
      if (judgement.retry) wait(judgement.why, judgement.notBeforeMs);
      else finish(judgement.refusal);
    };
    const onEvent = (event: Event): void => {
      if (!hasDelivered) {
        hasDelivered = true;
        report({ type: 'CONNECTED' });
        // Pauses become short again only after a connection that lasted as long as the pause.
        lasting = setTimeout(() => {
          failures = 0;
        }, longestPause());
      }
      after = event.cursor;
      queue.push(event);
      if (queue.size < bufferSize) return;
      // A WebSocket has no backpressure; what is dropped now comes again after the last cursor.
      phase = 'PAUSED';
      leave();
      report({ type: 'PAUSED' });
    };
    const onResult = ({ data, errors }: NextMessage['payload']): void => {
      const event = data?.statusChanged;
      if (errors !== undefined) onEnd({ type: 'ERRORS', errors });
      else if (isPlaced<Event>(event)) onEvent(event);
      else
        onEnd({
          type: 'ERRORS',
          errors: [{ message: 'An event came without `statusChanged` and a cursor.' }],
        });
    };
    const opened = openSubscription({
      url,
      WebSocket,
      patience,
      authorization: async () => {
        const given = typeof token === 'function' ? await token() : token;
        return given === undefined ? null : `Bearer ${given}`;
      },
      payload: { query, variables: { ...variables, program, filter, after } },
      onResult,
      onEnd,
    });
    subscription = { close: leave };
  };

  const wait = (why: string, notBeforeMs: number): void => {
    phase = 'WAITING';
    const retryInMs = notBeforeMs + Math.random() * longestPause();
    failures += 1;
    retryTimer = setTimeout(connect, retryInMs);
    report({ type: 'WAITING', why, retryInMs });
  };

  const finish = (refusal: FollowingRefused): void => {
    phase = 'ENDED';
    queue.fail(refusal);
  };

  const end = (): void => {
    phase = 'ENDED';
    clearTimeout(retryTimer);
    subscription?.close();
    queue.end();
  };

  const iterator: StatusChangeIterator<Event> = {
    next() {
      const taken = queue.take();
      if (phase === 'NEW' || (phase === 'PAUSED' && queue.size <= bufferSize / 2)) connect();
      return taken;
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
    async [Symbol.asyncDispose]() {
      end();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

function isPlaced<Event extends Placed>(event: unknown): event is Event {
  return typeof event === 'object' && event !== null && 'cursor' in event && typeof event.cursor === 'string';
}

function webSocketUrl(text: string): string {
  const url = new URL(text);
  if (!/^(http|ws)s?:$/.test(url.protocol)) throw new TypeError(`${text} is no address of a graph.`);
  return url.href.replace(/^http/, 'ws');
}

function textOf(document: DocumentNode): string {
  const operation = getOperationAST(document);
  const isSubscription = operation?.operation === 'subscription';
  if (
    !isSubscription ||
    !operation.variableDefinitions?.some(({ variable }) => variable.name.value === 'after')
  ) {
    throw new TypeError(
      'The document has to be one subscription with a variable $after, or it could not be resumed.',
    );
  }
  return print(document);
}
