import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';

/**
 * Reads documents by id from a JSON object of texts, such as the `persisted-documents.json` of GraphQL Code
 * Generator; none if there is no such file and it need not be there. Throws a sentence that says what is
 * wrong.
 */
export async function readTrustedDocuments(
  path: string | URL,
  { optional }: { readonly optional: boolean },
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries(parse(path, await read(path, optional)))) {
    if (typeof text !== 'string') throw new Error(`The document ${id} in ${path} is not a text.`);
    texts.set(id, text);
  }
  return texts;
}

async function read(path: string | URL, optional: boolean): Promise<string> {
  const bytes = await readBytes(path, optional);
  if (!isUtf8(bytes)) throw new Error(`The documents in ${path} are not UTF-8.`);
  return bytes.toString();
}

async function readBytes(path: string | URL, optional: boolean): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (optional && error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return Buffer.from('{}');
    throw new Error(`The documents in ${path} cannot be read.`, { cause: error });
  }
}

function parse(path: string | URL, json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`The documents in ${path} are not JSON.`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error(`The documents in ${path} must be an object of texts by id.`);
}
