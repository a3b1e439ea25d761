import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ErrorCode } from '../../app/context/error-code.ts';
import { type Limits, limitExceeded } from '../settings/limits.ts';
import { withExtensions } from '../settings/with-extensions.ts';
import { conditionOnSubscription } from './condition-on-subscription.ts';
import type { FindSizes } from './cost-formula.ts';
import { checkSize, checkText } from './document-size.ts';
import type { Variables } from './document-values.ts';
import type { GraphRequest } from './graph-request.ts';
import { prepareCost } from './operation-cost.ts';
import type { Readable } from './reading-cost.ts';

/**
 * How much text is remembered with what was made of it, in characters; the syntax tree takes a hundred times
 * as much memory.
 */
const REMEMBERED_CHARACTERS = 500_000;
const REMEMBERED_DOCUMENTS = 1_000;
/** More mistakes are not looked for in one document. */
const MOST_ERRORS = 20;

/** One operation of a valid document that is within the limits. */
export type PreparedOperation = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  /** The operation's place in the document was found by this name; null if it is the only one. */
  readonly name: string | null;
  /** What it costs, see `Costs`, with these coerced variables, where objects may be of these sizes. */
  readonly cost: (variables: Variables, sizes: FindSizes) => number;
};

export type Prepared =
  | { readonly ok: true; readonly operation: PreparedOperation }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

/** The documents that clients may have executed. */
export type Documents = {
  /**
   * Finds or parses a request's document and checks it; valid ones are remembered. Where it has to be read,
   * `pay` is called before each part of that work, and what it throws ends it.
   */
  prepare(request: GraphRequest, pay?: PayForReading): Prepared;
};

/** Pays for reading in advance. Throws a GraphQLError with a code where there is not enough. */
export type PayForReading = (what: Readable) => void;

/**
 * Documents that were given with the server, by id: a SHA-256 of the text in hexadecimal, or any other name.
 */
export type TrustedDocuments = {
  readonly texts: ReadonlyMap<string, string>;
  /** Whether every other document is refused. */
  readonly only: boolean;
};

type Options = {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly trusted: TrustedDocuments;
  /** The types of objects whose size may be known beforehand. */
  readonly sizedTypes?: ReadonlySet<string>;
};

/** Makes what prepares documents for every transport. */
export function createDocuments({ schema, limits, trusted, sizedTypes = new Set() }: Options): Documents {
  const trustedById = new Map<string, string>();
  for (const [id, text] of trusted.texts) trustedById.set(bare(id), text).set(hashOf(text), text);
  const trustedTexts = new Set(trustedById.values());
  const kept = new Map<string, Entry>();
  const remembered = new LRUCache<string, Entry>({
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: ({ text }) => text.length + 1,
  });
  const automatic = new LRUCache<string, string>({
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (text) => text.length + 1,
  });

  /** The text that a request means. Throws if there is none. */
  const textOf = ({ text, id }: GraphRequest): string => {
    const known = id === null ? undefined : trustedById.get(bare(id.id));
    if (known !== undefined) return known;
    if (text !== null && trustedTexts.has(text)) return text;
    if (id?.kind === 'TRUSTED') throw refused('DOCUMENT_NOT_FOUND', `There is no document ${id.id}.`);
    if (trusted.only) {
      throw refused('DOCUMENT_NOT_TRUSTED', 'This server executes only the documents that it was given.');
    }
    if (text === null) {
      const registered = id === null ? undefined : automatic.get(id.id);
      // Clients look for these words and then send the text too.
      if (registered === undefined) throw refused('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
      return registered;
    }
    const { documentCharacters: allowed } = limits;
    if (text.length > allowed) throw limitExceeded('documentCharacters', allowed, text.length);
    return text;
  };

  const read = (text: string, pay: PayForReading): Entry | readonly GraphQLError[] => {
    const tokens = checkText(text, limits);
    const document = parse(text);
    const pairs = checkSize(document, limits);
    if (typeof pairs !== 'number') return [pairs];
    const isTrusted = trustedTexts.has(text);
    if (!isTrusted) pay({ type: 'CHECKS', tokens, pairs });
    const condition = conditionOnSubscription(document);
    if (condition !== null) return [coded(condition, 'GRAPHQL_VALIDATION_FAILED')];
    const errors = validate(schema, document, undefined, { maxErrors: MOST_ERRORS });
    if (errors.length > 0) return errors.map(validationError);
    const entry = { text, document, isTrusted, operations: new Map() };
    if (isTrusted) kept.set(text, entry);
    else remembered.set(text, entry);
    return entry;
  };

  const prepareOperation = (entry: Entry, name: string | null): PreparedOperation => {
    const known = entry.operations.get(name);
    if (known !== undefined) return known;
    const { document } = entry;
    const node = getOperationAST(document, name);
    if (!node) {
      throw refused(
        'OPERATION_RESOLUTION_FAILURE',
        name === null
          ? 'The document has several operations: say which one as operationName.'
          : `The document has no operation ${name}.`,
      );
    }
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }
    const cost = prepareCost(schema, node, fragments, limits.costs, sizedTypes);
    const operation = { schema, document, node, name, cost };
    entry.operations.set(name, operation);
    return operation;
  };

  return {
    prepare(request, pay = () => {}) {
      try {
        const text = textOf(request);
        const known = kept.get(text) ?? remembered.get(text);
        const isTrusted = trustedTexts.has(text);
        if (known === undefined && !isTrusted) pay({ type: 'TEXT', characters: text.length });
        const { id } = request;
        if (id?.kind === 'AUTOMATIC' && !isTrusted && request.text !== null && hashOf(text) !== id.id) {
          throw refused('BAD_REQUEST', 'The sha256Hash is not that of the query.');
        }
        const entry = known ?? read(text, pay);
        if (!('document' in entry)) return { ok: false, errors: entry };
        const operation = prepareOperation(entry, request.operationName);
        if (request.id?.kind === 'AUTOMATIC' && !entry.isTrusted) automatic.set(request.id.id, text);
        return { ok: true, operation };
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return { ok: false, errors: [coded(error, 'GRAPHQL_PARSE_FAILED')] };
      }
    },
  };
}

type Entry = {
  readonly text: string;
  readonly document: DocumentNode;
  readonly isTrusted: boolean;
  readonly operations: Map<string | null, PreparedOperation>;
};

/** The id without the prefix that says that it is a hash. */
function bare(id: string): string {
  return id.replace(/^sha256:/, '');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refused(code: ErrorCode, sentence: string): GraphQLError {
  return new GraphQLError(sentence, { extensions: { code } });
}

function validationError(error: GraphQLError): GraphQLError {
  // What graphql-js says once it has compared fields of one name for long enough.
  if (error.message !== 'Validation aborted.') return coded(error, 'GRAPHQL_VALIDATION_FAILED');
  return new GraphQLError('The document has too many fields of the same name to be checked.', {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'comparisons' },
  });
}

/** The same error with a code, if it has none of its own. */
function coded(error: GraphQLError, code: ErrorCode): GraphQLError {
  return error.extensions.code === undefined ? withExtensions(error, { ...error.extensions, code }) : error;
}
