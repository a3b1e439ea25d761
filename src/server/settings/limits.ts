import { GraphQLError } from 'graphql';

/**
 * How much a caller may ask for, all in one place. Whatever is beyond a limit is refused before a resolver
 * runs, over HTTP, SSE and WebSocket alike, and the refusal names the limit, what it allows and what was
 * asked.
 */
export type Limits = {
  /** Bytes of a request's body, and of a WebSocket message: 1,000 facts fit several times over. */
  readonly bodyBytes: number;
  /** Bytes of a body sent with the role INGEST. */
  readonly ingestBodyBytes: number;
  /** How long a request may take to arrive, in milliseconds. */
  readonly arrivalMs: number;

  /** Characters of a document that is not a trusted one; long texts and lists belong into variables. */
  readonly documentCharacters: number;
  /** Lexical tokens of a document; what the parser costs grows with them. */
  readonly tokens: number;
  /**
   * Brackets of any kind that are open at once; the parser and the checks call themselves as deep as that.
   */
  readonly nesting: number;
  /** Fields within fields, fragments unfolded. The query that asks for the whole schema has 14. */
  readonly depth: number;
  /** Fields of one operation, fragments unfolded; checking whether they can be merged costs their square. */
  readonly fields: number;
  /** Fields that are given a name of their own, `__typename` included, fragments unfolded. */
  readonly aliases: number;
  /** Directives, fragments unfolded. */
  readonly directives: number;
  /** Lists of the schema's own types within one another, such as the fields of the types of fields. */
  readonly introspectionDepth: number;

  /** What an operation may cost, see `Costs`. */
  readonly cost: number;
  readonly costs: Costs;

  /** Queries of at least this cost run `atOnce` in the whole process; so many wait for that, and no more. */
  readonly costly: { readonly cost: number; readonly atOnce: number; readonly waiting: number };

  /** How long a query, a mutation or one event may take, in milliseconds. What it has begun is not undone. */
  readonly operationMs: number;
  /** Bytes of an answer, or of an event, about: known only once it is there. */
  readonly answerBytes: number;
  /** Operations that may be open at once on one WebSocket connection, subscriptions included. */
  readonly operationsPerConnection: number;
  /** Queries and mutations of these that run at once; the others wait for their answers to be out. */
  readonly runningPerConnection: number;
  /** Requests that may wait on one connection for the answer before. */
  readonly pipelinedRequests: number;

  /**
   * What a WebSocket client may send before it is let in, and how long it may take to begin, in milliseconds.
   */
  readonly greeting: { readonly bytes: number; readonly messages: number; readonly ms: number };
  /**
   * Bytes that may wait in the process for all clients together; beyond it those are cut off that have taken
   * nothing for longest.
   */
  readonly waitingBytes: number;
  /** How long what waits for a client may wait without any of it leaving, in milliseconds. */
  readonly departureMs: number;

  /**
   * Invalid keys and tokens of one address: up to `capacity` at once, and `perSecond` come back each second.
   */
  readonly failedSignIns: { readonly capacity: number; readonly perSecond: number };
  /** WebSocket connections and event streams that may be open at once under one identity. */
  readonly connectionsPerIdentity: number;
  /**
   * What may be spent under one identity: up to `capacity` at once, and `perSecond` comes back each second.
   */
  readonly budget: { readonly capacity: number; readonly perSecond: number };
};

/**
 * What an operation costs, computed from its document and variables: one for every object that it may return,
 * nothing for numbers, strings and enum values. A field can set its own weight, what each argument that is
 * given adds to that, and the length of its list in the schema, as `extensions: { cost, costOfArguments,
 * listSize }`.
 */
export type Costs = {
  /** How many entries a list is taken to have that says nothing else, and whose size no rulebook decides. */
  readonly listSize: number;
  /** How many entries a page is taken to have for which neither `first` nor `last` is given. */
  readonly pageSize: number;
  /** Each mutation, besides what it returns; each row of its input costs one more. */
  readonly mutation: number;
  /** Each look at the schema itself. */
  readonly introspection: number;
  /**
   * Reading a request before it is known what it asks for, paid in advance: 1 for so many characters of
   * variables, and for a document that memory does not have 1 for so many characters, tokens, and pairs of
   * fields, fragments unfolded.
   */
  readonly reading: {
    readonly characters: number;
    readonly tokens: number;
    readonly pairsOfFields: number;
  };
  /** A document that is refused because it is beyond a limit or not valid: it had to be read for that. */
  readonly refused: number;
};

/** What holds unless something else is set. */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 1_048_576,
  ingestBodyBytes: 4_194_304,
  arrivalMs: 30_000,
  documentCharacters: 100_000,
  tokens: 5_000,
  nesting: 200,
  depth: 25,
  fields: 1_000,
  aliases: 100,
  directives: 100,
  introspectionDepth: 2,
  cost: 20_000,
  costs: {
    listSize: 5,
    pageSize: 20,
    mutation: 10,
    introspection: 1_000,
    refused: 50,
    reading: { characters: 500, tokens: 5, pairsOfFields: 70 },
  },
  costly: { cost: 500, atOnce: 2, waiting: 200 },
  operationMs: 10_000,
  answerBytes: 8_388_608,
  operationsPerConnection: 100,
  runningPerConnection: 8,
  pipelinedRequests: 16,
  greeting: { bytes: 16_384, messages: 10, ms: 3_000 },
  waitingBytes: 33_554_432,
  departureMs: 30_000,
  failedSignIns: { capacity: 100, perSecond: 1 },
  connectionsPerIdentity: 1_000,
  budget: { capacity: 100_000, perSecond: 10_000 },
};

/** The limits that a refusal can name. */
export type LimitName = Exclude<
  keyof Limits,
  | 'ingestBodyBytes'
  | 'arrivalMs'
  | 'costs'
  | 'budget'
  | 'runningPerConnection'
  | 'costly'
  | 'pipelinedRequests'
  | 'greeting'
  | 'failedSignIns'
  | 'waitingBytes'
  | 'departureMs'
>;

/**
 * The error for something beyond a limit. `actual` is what was asked for, or null where the count was not
 * taken to its end.
 */
export function limitExceeded(limit: LimitName, allowed: number, actual: number | null): GraphQLError {
  const isCounted = actual !== null && Number.isSafeInteger(actual);
  const excess = isCounted ? `: here it is ${actual}, ${actual - allowed} too many` : '';
  return new GraphQLError(`${SENTENCES[limit](allowed)}${excess}.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit, allowed, ...(isCounted && { actual }) },
  });
}

const SENTENCES: Readonly<Record<LimitName, (allowed: number) => string>> = {
  bodyBytes: (allowed) => `A request may have ${allowed} bytes`,
  documentCharacters: (allowed) => `A document may have ${allowed} characters`,
  tokens: (allowed) => `A document may have ${allowed} tokens`,
  nesting: (allowed) => `A document may have ${allowed} brackets open at once`,
  depth: (allowed) => `An operation may be ${allowed} fields deep`,
  fields: (allowed) => `An operation may have ${allowed} fields, fragments unfolded`,
  aliases: (allowed) => `An operation may have ${allowed} aliases, fragments unfolded`,
  directives: (allowed) => `An operation may have ${allowed} directives, fragments unfolded`,
  introspectionDepth: (allowed) => `Introspection may be ${allowed} lists deep`,
  cost: (allowed) => `An operation may cost ${allowed}`,
  operationMs: (allowed) => `An operation may take ${allowed} ms`,
  answerBytes: (allowed) => `An answer may have about ${allowed} bytes`,
  operationsPerConnection: (allowed) => `A connection may have ${allowed} operations open at once`,
  connectionsPerIdentity: (allowed) => `A key may have ${allowed} connections open at once`,
};
