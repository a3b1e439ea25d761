import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const READ = /^export const ((?:read|list|count|find)\w*) = (?:async )?(?:<[^>]*>)?\(\s*(\w+: [\w.]+)?/gm;

/** The reads of a source that do not begin with the scope of whoever reads. */
const unscoped = (source: string): string[] =>
  [...source.matchAll(READ)].flatMap(([, name, first]) => (first === 'scope: ReadScope' ? [] : [`${name}`]));

describe('what the schema may read from the store', () => {
  test.each(globSync('src/store/read-*.ts', { cwd: ROOT }))(
    'takes the scope of the viewer first: %s',
    (file) => {
      expect(unscoped(readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
    },
  );

  test('and is found out where it does not', () => {
    expect(
      unscoped(`
export const readPartners = (
  scope: ReadScope,
  session: Session,
) => 1;
export const listAll = async (session: Session) => 2;
export const countAll = async <T>(
  session: Session,
) => 3;
export const toEntry = (row: Row) => row;`),
    ).toEqual(['listAll', 'countAll']);
  });
});
