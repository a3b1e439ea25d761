import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Session } from '../../app/access/authenticate.ts';
import type { AdmissionControl } from '../admission/admission.ts';
import { identityOf } from '../admission/authentication.ts';
import type { ConnectionCount } from '../admission/connection-count.ts';
import { isOurFault } from '../admission/mask-error.ts';
import { createSemaphore } from '../admission/semaphore.ts';
import type { FrameWriter } from '../delivery/frame-writer.ts';
import { SentEvents } from '../delivery/sent-events.ts';
import type { Execution } from '../execution/execution.ts';
import type { Caller, Identify } from '../request/caller.ts';
import { readGraphRequest } from '../request/graph-request.ts';
import type { Operation } from '../request/operation.ts';
import { type Limits, limitExceeded } from '../settings/limits.ts';
import type { Log } from '../settings/log.ts';
import { withoutHttp } from '../settings/with-extensions.ts';
import { type ClientMessage, readClientMessage } from './client-message.ts';

/** A close code after which graphql-ws clients connect again; after most others they give up for good. */
const TRY_AGAIN_LATER = 1013;

/**
 * A larger payload of a ping does not come back, as the pings of WebSocket itself may have no larger one. In
 * characters of JSON.
 */
const LONGEST_ECHO = 125;

/**
 * Parsing a longer message takes a good part of a turn of the event loop; it is handled in the next one. In
 * characters.
 */
const LONG_MESSAGE = 16_384;

/** What RFC 6455 leaves for the sentence of a close frame, in bytes. */
const LONGEST_REASON = 123;

export type ConversationOptions = {
  readonly admissionControl: AdmissionControl;
  readonly execution: Execution;
  readonly connections: ConnectionCount;
  readonly identify: Identify;
  readonly limits: Limits;
  readonly log: Log;
  readonly frameWriter: FrameWriter;
  /**
   * Called when a query or a mutation begins. What it returns is called when the answer is out, or when the
   * client no longer waits for it.
   */
  readonly onRun: () => () => void;
};

type Options = ConversationOptions & {
  /** Called when the client is let in. */
  readonly onLetIn: () => void;
  readonly socket: WebSocket;
  /** What lies below the socket. */
  readonly stream: Socket;
  readonly authorization: string | null;
};

/** One client's side of the protocol graphql-transport-ws. */
export type Conversation = {
  receive(text: string): void;
  readonly phase: Phase;
  /** Ends every operation, as the connection is closed. */
  end(): void;
};

/**
 * How far the greeting has come:
 *
 *     SILENT -- connection_init --> IDENTIFYING -- connection_ack --> ACKNOWLEDGED
 *
 * and from each of them to ENDED, by the client or the server.
 */
export type Phase = 'SILENT' | 'IDENTIFYING' | 'ACKNOWLEDGED' | 'ENDED';

/**
 * An operation of the client. It is identified by this object, since the client may reuse its id before the
 * operation has ended completely.
 */
type Running = {
  readonly id: string;
  /** Until the client completes it or goes away. */
  isWanted: boolean;
  /** Called when it no longer is. */
  stop: () => void;
};

/** Keeps the server's side of the protocol with one client. */
export function createConversation(options: Options): Conversation {
  const {
    admissionControl,
    execution,
    connections,
    identify,
    limits,
    log,
    frameWriter,
    onRun,
    socket,
    stream,
  } = options;
  let phase: Phase = 'SILENT';
  let session: Session | null = null;
  let leave = (): void => {};
  /** Operations that the client waits for, by id. */
  const wanted = new Map<string, Running>();
  /** Operations that are still running, also if the client no longer waits. */
  const running = new Set<Running>();
  /** For queries and mutations, until their answers are out. */
  const semaphore = createSemaphore(limits.runningPerConnection);
  /** Answers that wait until the client has taken what it was sent. */
  const answers: (() => void)[] = [];
  /**
   * The pong that waits for that; of several pings only the last is answered, as RFC 6455 allows for its own.
   */
  let owedPong: object | null = null;

  const close = (code: number, sentence: string): void => {
    frameWriter.flush();
    socket.close(code, cutToBytes(sentence, LONGEST_REASON));
  };
  const tryLater = (error: unknown): void => {
    log.error({ err: error }, 'A WebSocket message could not be handled.');
    close(TRY_AGAIN_LATER, 'Try again later');
  };
  /** After everything that was to be sent before. */
  const say = (message: object): void => {
    frameWriter.flush();
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  /** Only once the client takes what it is sent, so that one answer at most waits as text. */
  const answer = (tell: () => void): void => {
    answers.push(tell);
    tellAnswers();
  };
  const tellAnswers = (): void => {
    if (owedPong !== null && !stream.writableNeedDrain) {
      say(owedPong);
      owedPong = null;
    }
    while (!stream.writableNeedDrain) {
      const tell = answers.shift();
      if (tell === undefined) return;
      tell();
    }
  };
  stream.on('drain', tellAnswers);

  const greet = async (params: Readonly<Record<string, unknown>>): Promise<void> => {
    phase = 'IDENTIFYING';
    try {
      const authorization = authorizationIn(params) ?? options.authorization;
      session = await identify(authorization, stream.remoteAddress ?? '');
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const isFinal = error.extensions.code !== 'RATE_LIMITED';
      return close(isFinal ? CloseCode.Forbidden : TRY_AGAIN_LATER, error.message);
    }
    if (hasEnded()) return;
    const entered = connections.enter(identityOf(session));
    if (entered === null) {
      const { message } = limitExceeded('connectionsPerIdentity', limits.connectionsPerIdentity, null);
      return close(TRY_AGAIN_LATER, message);
    }
    leave = entered;
    phase = 'ACKNOWLEDGED';
    options.onLetIn();
    say({ type: 'connection_ack' });
  };
  const hasEnded = (): boolean => phase === 'ENDED';

  const begin = (id: string, payload: unknown): void => {
    if (phase !== 'ACKNOWLEDGED') close(CloseCode.Unauthorized, 'Unauthorized');
    else if (wanted.has(id)) close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    else beginNew(id, payload);
  };
  const beginNew = (id: string, payload: unknown): void => {
    const requestId = randomUUID();
    const interrupt = (): void => close(TRY_AGAIN_LATER, 'Try again later');
    const operation: Running = { id, isWanted: true, stop() {} };
    const isGone = (): boolean => !operation.isWanted;
    const caller: Caller = { requestId, session, identity: identityOf(session), isGone, interrupt };
    const admitted = admit(payload, caller);
    if ('errors' in admitted) {
      say({ id, type: 'error', payload: admitted.errors.map(withoutHttp) });
      return;
    }
    wanted.set(id, operation);
    running.add(operation);
    const isSubscription = admitted.prepared.node.operation === 'subscription';
    const run = isSubscription ? follow(operation, admitted, caller) : execute(operation, admitted, caller);
    run.catch(tryLater).finally(() => {
      running.delete(operation);
      if (wanted.get(id) === operation) wanted.delete(id);
    });
  };
  const admit = (
    payload: unknown,
    caller: Caller,
  ): Operation | { readonly errors: readonly GraphQLError[] } => {
    const { operationsPerConnection: most } = limits;
    if (running.size >= most)
      return { errors: [limitExceeded('operationsPerConnection', most, running.size + 1)] };
    try {
      const admission = admissionControl.admit(readGraphRequest(payload), caller, { mutations: true });
      return admission.ok ? admission.operation : admission;
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  };

  const execute = async (operation: Running, admitted: Operation, caller: Caller): Promise<void> => {
    const done = onRun();
    const stopped = new Promise<void>((resolve) => {
      operation.stop = resolve;
    });
    const isQuery = admitted.prepared.node.operation === 'query';
    try {
      await semaphore.run(async () => {
        // A mutation is not to be lost because its client did not wait.
        if (isQuery && !operation.isWanted) return;
        const result = await execution.execute(admitted, caller);
        const told = new Promise<void>((resolve) => answer(() => tell(operation, result, resolve)));
        await Promise.race([stopped, told]);
      });
    } finally {
      done();
    }
  };
  /** Tells the only result of an operation. */
  const tell = ({ id, isWanted }: Running, result: ExecutionResult, then: () => void): void => {
    if (!isWanted || socket.readyState !== socket.OPEN) {
      then();
      return;
    }
    const errors = result.errors?.map(withoutHttp);
    say({ id, type: 'next', payload: errors === undefined ? result : { ...result, errors } });
    socket.send(JSON.stringify({ id, type: 'complete' }), then);
  };

  const follow = async (operation: Running, admitted: Operation, caller: Caller): Promise<void> => {
    const { id } = operation;
    const result = await execution.subscribe(admitted, caller);
    if (!('pull' in result)) {
      // An error message is final for the client; a lost connection is not.
      if (result.errors?.some(isOurFault) === true) return caller.interrupt();
      return new Promise((resolve) => answer(() => tell(operation, result, resolve)));
    }
    if (!operation.isWanted) return result.close();
    const sent = new SentEvents({ stream: result, frameWriter, socket, below: stream, id });
    operation.stop = () => sent.stop();
    await sent.send();
    if (operation.isWanted) say({ id, type: 'complete' });
  };

  const stop = (operation: Running): void => {
    operation.isWanted = false;
    operation.stop();
  };
  const complete = (id: string): void => {
    const operation = wanted.get(id);
    if (operation === undefined) return;
    wanted.delete(id);
    stop(operation);
  };

  const proceed = (message: ClientMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    try {
      handle(message);
    } catch (error) {
      tryLater(error);
    }
  };
  const handle = (message: ClientMessage): void => {
    switch (message.type) {
      case 'connection_init':
        if (phase === 'SILENT') void greet(message.payload).catch(tryLater);
        else close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
        break;
      case 'ping': {
        const { payload } = message;
        const isEchoed = payload !== null && JSON.stringify(payload).length <= LONGEST_ECHO;
        owedPong = isEchoed ? { type: 'pong', payload } : { type: 'pong' };
        tellAnswers();
        break;
      }
      case 'pong':
        break;
      case 'subscribe':
        begin(message.id, message.payload);
        break;
      case 'complete':
        complete(message.id);
        break;
    }
  };

  return {
    get phase() {
      return phase;
    },
    receive(text) {
      // A message that was under way when this side closed the connection.
      if (socket.readyState !== socket.OPEN) return;
      const message = readClientMessage(text);
      if (typeof message === 'string') return close(CloseCode.BadRequest, message);
      if (text.length <= LONG_MESSAGE) proceed(message);
      // Before the next message: `ws` asks for the turn of that one after this.
      else setImmediate(proceed, message);
    },
    end() {
      phase = 'ENDED';
      leave();
      stream.off('drain', tellAnswers);
      answers.length = 0;
      for (const operation of wanted.values()) stop(operation);
      wanted.clear();
    },
  };
}

/** The first characters of a text that have no more than so many bytes together. */
function cutToBytes(text: string, most: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, most), { stream: true });
}

/** What the client says of who it is in its first message; null if nothing. */
function authorizationIn(params: Readonly<Record<string, unknown>>): string | null {
  const given = params.authorization ?? params.Authorization;
  return typeof given === 'string' ? given : null;
}
