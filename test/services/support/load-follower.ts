import { setTimeout as sleep } from 'node:timers/promises';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { decodeGlobalId } from '../../../schema/base/global-id.ts';
import { followStatusChanges, type StatusChangeEvent } from '../../../src/client/follow-status-changes.ts';
import { checkOf, decodeCursor } from '../../../src/events/cursor.ts';
import {
  StatusChangedDocument,
  type StatusChangedSubscription,
  type StatusChangeFilter,
} from '../../../src/generated/graphql/graphql.ts';

/**
 * What somebody follows with. HELPER: the client of this project. WEB_SOCKET: that of graphql-ws, which comes
 * back by itself, with the last cursor in its variables. REPLAYING: the same without that, so that every
 * connection begins where the first did, and what was there before is told by its cursor. EVENT_STREAM: that
 * of graphql-sse, with the last cursor.
 */
export type FollowerKind = 'HELPER' | 'WEB_SOCKET' | 'REPLAYING' | 'EVENT_STREAM';

export type FollowerPlan = {
  readonly kind: FollowerKind;
  /** Where the graph is served, by http. */
  readonly url: string;
  readonly program: string;
  readonly filter: StatusChangeFilter;
  readonly after: string;
};

/** What somebody met since they were asked last. */
export type Met = {
  /** The positions of the changes, as they came. */
  readonly positions: readonly number[];
  /** How often the connection was lost. */
  readonly losses: number;
  /** How many changes were dropped for their cursors, which only REPLAYING may have to do. */
  readonly dropped: number;
  /** The codes with which WebSockets were closed. */
  readonly closeCodes: readonly number[];
  /** Sentences about what must not happen. */
  readonly wrongs: readonly string[];
};

/** Somebody who follows, whatever happens to the connection. */
export type LoadFollower = {
  /** The place of the latest event, checkpoints included. */
  readonly position: number;
  /** Whether an event came on the connection that is open. */
  readonly isConnected: boolean;
  take(): Met;
};

const RETRY_WITHIN_MS = 2_000;
const TEMPORARY_CODES: readonly unknown[] = ['INTERNAL_SERVER_ERROR', 'TIME_LIMIT_EXCEEDED'];

/** Begins to follow. */
export function startFollower(plan: FollowerPlan): LoadFollower {
  const { kind, url, program, filter } = plan;
  let met = newMet();
  let position = 0;
  let isConnected = false;
  const variables = { program, filter, after: plan.after };
  const seen = new Set<string>();

  const onLost = (): void => {
    if (isConnected) met.losses += 1;
    isConnected = false;
  };
  const onWrong = (sentence: string): void => void met.wrongs.push(`${kind}: ${sentence}`);

  const onEvent = (event: StatusChangeEvent): void => {
    isConnected = true;
    const cursor = decodeCursor(event.cursor);
    if (cursor === null) {
      onWrong(`${event.cursor} is no cursor`);
      return;
    }
    position = cursor.position;
    if (kind !== 'REPLAYING') variables.after = event.cursor;
    if (event.__typename === 'Resync') onWrong(`Resync, ${event.reason}`);
    if (event.__typename !== 'StatusChanged') return;
    const id = decodeGlobalId(event.change.id)?.id ?? null;
    if (checkOf(id) !== cursor.check) onWrong(`the change ${id} came with the cursor of another`);
    if (kind === 'REPLAYING' && seen.has(event.cursor)) {
      met.dropped += 1;
      return;
    }
    seen.add(event.cursor);
    met.positions.push(position);
  };

  class Watched extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol);
      this.on('close', (code) => met.closeCodes.push(code));
    }
  }

  const followWithHelper = async (): Promise<void> => {
    const changes = followStatusChanges({
      ...variables,
      url,
      webSocketImpl: Watched,
      onConnection: ({ type }) => type === 'WAITING' && onLost(),
    });
    for await (const event of changes) onEvent(event);
  };

  const followWithWebSocket = async (): Promise<void> => {
    const client = createWsClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: Watched,
      retryAttempts: Number.POSITIVE_INFINITY,
      // By itself it takes only a close for an outage, and a refused connection shows as an error first.
      // Final codes stay final.
      shouldRetry: () => true,
      retryWait: () => sleep(Math.random() * RETRY_WITHIN_MS),
      on: { closed: onLost },
    });
    // Written out anew for every connection: with the variables as they are then.
    const request = { query: print(StatusChangedDocument), variables };
    for await (const { data, errors } of client.iterate<StatusChangedSubscription>(request)) {
      if (errors !== undefined || !data) onWrong(`the result ${JSON.stringify(errors)}`);
      else onEvent(data.statusChanged);
    }
  };

  const followEventStream = async (): Promise<void> => {
    const client = createSseClient({ url, retryAttempts: 0 });
    const query = print(StatusChangedDocument);
    for (;;) {
      let hasFailed = false;
      try {
        for await (const result of client.iterate<StatusChangedSubscription>({ query, variables })) {
          hasFailed =
            result.errors?.some(({ extensions }) => TEMPORARY_CODES.includes(extensions?.code)) ?? false;
          if (result.data) onEvent(result.data.statusChanged);
          else if (!hasFailed) onWrong(`the result ${JSON.stringify(result.errors)}`);
        }
        if (!hasFailed) onWrong('the stream was completed');
      } catch {
        // A connection that broke, or none that came about.
      }
      onLost();
      await sleep(Math.random() * RETRY_WITHIN_MS);
    }
  };

  const follow = {
    HELPER: followWithHelper,
    WEB_SOCKET: followWithWebSocket,
    REPLAYING: followWithWebSocket,
    EVENT_STREAM: followEventStream,
  }[kind];
  follow().then(
    () => onWrong('the subscription was completed'),
    (error: unknown) => onWrong(`gave up: ${describe(error)}`),
  );
  return {
    get position() {
      return position;
    },
    get isConnected() {
      return isConnected;
    },
    take() {
      const taken = met;
      met = newMet();
      return taken;
    },
  };
}

/** What is still being added to. */
type MeetingNow = {
  positions: number[];
  losses: number;
  dropped: number;
  closeCodes: number[];
  wrongs: string[];
};

function newMet(): MeetingNow {
  return { positions: [], losses: 0, dropped: 0, closeCodes: [], wrongs: [] };
}

/** graphql-ws throws what it was closed with, or the errors that it was told. */
function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  const isClosure = typeof error === 'object' && error !== null && 'code' in error;
  return isClosure ? `closed with ${error.code}` : JSON.stringify(error);
}
