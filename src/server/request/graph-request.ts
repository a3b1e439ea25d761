import { isUtf8 } from 'node:buffer';
import { GraphQLError } from 'graphql';

/**
 * What a client asks to be executed, read from what it sent; nothing in it is checked against the schema yet.
 */
export type GraphRequest = {
  /** The document's text; null if the client names a document that the server knows. */
  readonly text: string | null;
  /** By what the document is known; null if only its text is given. */
  readonly id: DocumentId | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
};

/**
 * `TRUSTED`: named as `documentId`. `AUTOMATIC`: by the SHA-256 of its text, as `extensions.persistedQuery`.
 */
export type DocumentId = { readonly kind: 'TRUSTED' | 'AUTOMATIC'; readonly id: string };

/**
 * Reads the parameters of a request, as the GraphQL over HTTP specification and its appendix on persisted
 * documents have them; the same for a WebSocket message. Throws BAD_REQUEST.
 */
export function readGraphRequest(params: unknown): GraphRequest {
  if (!isRecord(params)) throw badRequest('The request must be an object.');
  const { query, documentId, operationName, variables, extensions } = params;
  const id = readDocumentId(documentId, extensions);
  // An empty text stands for none where a protocol insists on one.
  const text = query === '' && id !== null ? null : (query ?? null);
  if (text === null && id === null) throw badRequest('The request has neither a query nor a documentId.');
  if (text !== null && typeof text !== 'string') throw badRequest('The query must be a string.');
  if (!isNothing(operationName) && typeof operationName !== 'string') {
    throw badRequest('The operationName must be a string.');
  }
  if (!isNothing(variables) && !isRecord(variables)) throw badRequest('The variables must be an object.');
  return {
    text,
    id,
    operationName: isNothing(operationName) || operationName === '' ? null : operationName,
    variables: isNothing(variables) ? {} : variables,
  };
}

/** Reads the parameters of a POST request from its body. Throws BAD_REQUEST. */
export function readBody(body: Buffer): Record<string, unknown> {
  // What is not UTF-8 would be replaced without a word, and different texts would become the same one.
  if (!isUtf8(body)) throw badRequest('The body must be UTF-8.');
  try {
    const params: unknown = JSON.parse(body.toString());
    // Of anything else Yoga would say that it is no request, which is for `readGraphRequest` to say.
    if (isRecord(params)) return params;
  } catch {
    throw badRequest('The body must be JSON.');
  }
  throw badRequest('The request must be an object.');
}

/** Reads the parameters of a GET request from its URL. Throws BAD_REQUEST. */
export function paramsOf(url: string): Record<string, unknown> {
  const search = url.indexOf('?');
  const given = readQueryString(search === -1 ? '' : url.slice(search + 1));
  return {
    query: given.get('query'),
    documentId: given.get('documentId'),
    operationName: given.get('operationName'),
    variables: parseJson('variables', given.get('variables')),
    extensions: parseJson('extensions', given.get('extensions')),
  };
}

/**
 * The first value of each name, as `URLSearchParams` has them, which replaces what is not UTF-8 without a
 * word.
 */
function readQueryString(text: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const pair of text.split('&')) {
    const [name = '', ...values] = pair.split('=').map(decodePart);
    if (!given.has(name)) given.set(name, values.join('='));
  }
  return given;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badRequest('The address must be UTF-8 with percent-encoding.');
  }
}

/** The error for a request that is not one. */
export function badRequest(
  sentence: string,
  status = 400,
  headers: Record<string, string> = {},
): GraphQLError {
  return new GraphQLError(sentence, { extensions: { code: 'BAD_REQUEST', http: { status, headers } } });
}

function readDocumentId(documentId: unknown, extensions: unknown): DocumentId | null {
  if (!isNothing(extensions) && !isRecord(extensions)) {
    throw badRequest('The extensions must be an object.');
  }
  const persisted = extensions?.persistedQuery;
  if (!isNothing(documentId)) {
    if (typeof documentId !== 'string') throw badRequest('The documentId must be a string.');
    return { kind: 'TRUSTED', id: documentId };
  }
  if (isNothing(persisted)) return null;
  if (!isRecord(persisted) || persisted.version !== 1 || typeof persisted.sha256Hash !== 'string') {
    throw badRequest('The persistedQuery must have a version, which is 1, and a sha256Hash.');
  }
  return { kind: 'AUTOMATIC', id: persisted.sha256Hash };
}

function parseJson(name: string, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`The ${name} must be JSON.`);
  }
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
