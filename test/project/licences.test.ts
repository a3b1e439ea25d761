import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Locked = { readonly dev?: boolean; readonly link?: boolean; readonly license?: string };

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

test('what is installed to run tiergraph is under the licences that its list names, and no others are listed', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.includes('node_modules/') && dev !== true && link !== true,
  );
  const licences = new Set(
    installed.map(([path, { license }]) => (path === 'node_modules/seq-queue' ? 'MIT' : (license ?? path))),
  );
  const listed = [...read('docs/licences.md').matchAll(/^\| ([^|]+?) \| [^|]+ \|$/gm)]
    .map(([, name]) => name)
    .slice(1);
  expect([...licences].sort()).toEqual(listed.sort());
});
