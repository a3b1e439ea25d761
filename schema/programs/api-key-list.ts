import { type ApiKeyRow, countApiKeys, listApiKeys } from '../../src/store/reading/read-api-key.ts';
import type { Context } from '../base/context.ts';
import { NUMBERED_CURSORS } from '../base/list-cursor.ts';
import { type Page, type PageArgs, readPageArgs, toPage, toSlice } from '../base/page.ts';

/** A page of the keys that reach no more than the viewer does, newest first. Throws BAD_USER_INPUT. */
export async function readApiKeyPage(
  { scope, app }: Context,
  args: PageArgs,
): Promise<Page<{ readonly node: ApiKeyRow; readonly cursor: string }>> {
  const question = readPageArgs(args, (text, path) => {
    const { number, id } = NUMBERED_CURSORS.read(text, path);
    return { createdAt: number, id };
  });
  const { prisma } = app.database;
  const rows = await listApiKeys(scope, prisma, toSlice(question));
  const toEdge = (node: ApiKeyRow) => ({
    node,
    cursor: NUMBERED_CURSORS.write({ number: node.createdAt, id: node.id }),
  });
  return toPage(rows, question, toEdge, () => countApiKeys(scope, prisma));
}
