import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root })
    .filter((path) => !path.endsWith('error-codes.test.ts'))
    .map((path) => readFileSync(`${root}/${path}`, 'utf8'));

/** The codes of errors in the table of the README. */
const documented = [...(read('README.md')[0] ?? '').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)]
  .flatMap(([, codes = '']) => codes.match(/[A-Z_]+/g) ?? [])
  .filter((code) => !['ADMIN', 'INGEST', 'READER', 'PARTNER'].includes(code) && !isSetting(code));

function isSetting(code: string): boolean {
  return (read('src/config.ts')[0] ?? '').includes(`'${code}'`);
}

test('every code that an error is given is in the table', () => {
  const given = [...read('src/server/*.ts'), ...read('schema/*.ts')].flatMap((text) =>
    [
      ...text.matchAll(
        /(?:code: |CODE = |refused\(\s*|turnedAway\(\s*\d+, |coded\(\w+, |wrongRequest\(\d+, )'([A-Z]+(?:_[A-Z]+)*)'/g,
      ),
    ].map(([, code = '']) => code),
  );
  expect(given.length).toBeGreaterThan(15);
  const shown = new Set(given);
  expect([...shown].sort()).toEqual([...documented].sort());
});

test('every code in the table is named by a test of the graph or the server', () => {
  const tests = [...read('test/schema/**/*.ts'), ...read('test/server/**/*.ts')].join();
  expect(documented.filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
});
