import { badUserInput } from './errors.ts';

const TEXT = /^([A-Z][A-Za-z]*):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The global id of a node, opaque to clients. */
export function encodeGlobalId(typeName: string, id: string): string {
  return Buffer.from(`${typeName}:${id}`).toString('base64url');
}

/** Reads a global id; null if the text is none. */
export function decodeGlobalId(text: string): { readonly typeName: string; readonly id: string } | null {
  const [, typeName, id] = TEXT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return typeName === undefined || id === undefined ? null : { typeName, id };
}

/**
 * The id, as the store knows it, of a node that has to be of one type. Throws BAD_USER_INPUT that names
 * `path`.
 */
export function readGlobalId(text: string, typeName: string, path: string): string {
  const decoded = decodeGlobalId(text);
  if (decoded?.typeName === typeName) return decoded.id;
  throw badUserInput(`This is not the id of a ${typeName}.`, path);
}
