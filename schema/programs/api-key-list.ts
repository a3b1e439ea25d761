import type { Instant } from '../../src/engine/values/day.ts';
import { type ApiKeyRow, countApiKeys, listApiKeys } from '../../src/store/reading/read-api-key.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { type Page, type PageArgs, readPageArgs, toPage, toSlice } from '../base/page.ts';

/** A page of the keys that reach no more than the viewer does, newest first. Throws BAD_USER_INPUT. */
export async function readApiKeyPage(
  { scope, app }: Context,
  args: PageArgs,
): Promise<Page<{ readonly node: ApiKeyRow; readonly cursor: string }>> {
  const question = readPageArgs(args, readApiKeyCursor);
  const { prisma } = app.database;
  const rows = await listApiKeys(scope, prisma, toSlice(question));
  const toEdge = (node: ApiKeyRow) => ({ node, cursor: toApiKeyCursor(node) });
  return toPage(rows, question, toEdge, () => countApiKeys(scope, prisma));
}

const CURSOR = /^(\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A key's place in a list that begins with the newest. */
function toApiKeyCursor({ createdAt, id }: ApiKeyRow): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

function readApiKeyCursor(text: string, path: string): { readonly createdAt: Instant; readonly id: string } {
  const [, createdAt, id] = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (createdAt === undefined || id === undefined)
    throw badUserInput('This is not a cursor of this list.', path);
  return { createdAt: Number(createdAt), id };
}
