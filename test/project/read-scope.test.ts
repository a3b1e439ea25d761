import { describe, expect, test } from 'vitest';
import { isIn } from './support/check-imports.ts';
import { exportedFunctions } from './support/exported-functions.ts';
import { importTable } from './support/import-table.ts';
import { sourcesIn, treeOf } from './support/sources.ts';
import { parseTypeScript } from './support/syntax-tree.ts';

const READ = /^(read|list|count|find|\*|default)/;

/** The reads of a module that do not begin with the scope of whoever reads, and how many reads it has. */
function readsOf(tree: ReturnType<typeof parseTypeScript>) {
  const reads = exportedFunctions(tree).filter(
    ({ name, parameters }) =>
      READ.test(name.slice(name.lastIndexOf('.') + 1)) ||
      parameters === null ||
      parameters.some(({ type }) => type === 'DatabaseClient' || type === 'Transaction'),
  );
  const unscoped = reads.filter(({ parameters }) => {
    const first = parameters?.[0];
    return !(first?.name === 'scope' && first.type === 'ReadScope');
  });
  return { count: reads.length, unscoped: unscoped.map(({ name }) => name) };
}

describe('what the schema may read from the store', () => {
  const allowed = importTable.find(({ place }) => place === 'schema')?.imports ?? [];
  const files = sourcesIn(['src/store'], 40).filter(({ file }) => allowed.some((place) => isIn(file, place)));

  test.each(files.map((each) => [each.file, each] as const))(
    'takes the scope of the viewer first: %s',
    (_, file) => {
      expect(readsOf(treeOf(file)).unscoped).toEqual([]);
    },
  );

  test('is all looked at', () => {
    const reads = files.map((file) => readsOf(treeOf(file)).count);
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(28);
  });

  test('is found out where it does not, in whatever form it is exported', () => {
    const source = `
export const readPartners = (scope: ReadScope, session: DatabaseClient) => 1;
export const listAll = async (session: DatabaseClient) => 2;
export const countAll = async <T>(session: DatabaseClient) => 3;
export const toEntry = (row: Row) => row;
export async function readAll(session: DatabaseClient) {}
export async function readScoped(scope: ReadScope, session: DatabaseClient) {}
export function* readEach(session: DatabaseClient) {}
export async function rows(tx: Transaction) {}
function findOne(session: DatabaseClient) {}
const findTwo = function (session: DatabaseClient) {};
const findThree = (scope: ReadScope) => 3;
export { findOne, findTwo as findSecond, findThree };
export const reads = { readPage(session: DatabaseClient) {}, list: (scope: ReadScope) => 1, note: (text: string) => 2 };
export class Reader { static readOne(session: DatabaseClient) {} }
export default (session: DatabaseClient) => 1;
export { readElsewhere } from './elsewhere.ts';
export * from './others.ts';
export type { ReadRow } from './row.ts';
`;
    expect(readsOf(parseTypeScript(source, 'read.ts')).unscoped).toEqual([
      'listAll',
      'countAll',
      'readAll',
      'readEach',
      'rows',
      'findOne',
      'findSecond',
      'reads.readPage',
      'Reader.readOne',
      'default',
      'readElsewhere',
      '*',
    ]);
  });
});
