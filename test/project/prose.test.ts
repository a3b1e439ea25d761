import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { checkProse, type Project } from './support/check-prose.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const toy: Project = {
  scripts: ['start', 'test', 'test:services', 'feed'],
  exists: (path) => ['src/demo/feed.ts', 'docs/rules.md', 'LICENSE', 'src/engine'].includes(path),
};

test('what the pages of the project promise is there', () => {
  const project = {
    scripts: Object.keys(packageJson.scripts),
    exists: (path: string) => existsSync(`${root}/${path}`),
  };
  const pages = globSync('**/*.md', {
    cwd: root,
    exclude: ['**/node_modules/**', 'src/generated/**', '.data/**'],
  });
  // A page that was moved must not leave the test without a word.
  expect(pages.length).toBeGreaterThanOrEqual(22);
  const broken = pages.flatMap((page) => checkProse(page, readFileSync(`${root}/${page}`, 'utf8'), project));
  expect(broken).toEqual([]);
});

test('commands have to be npm scripts or files that node runs', () => {
  const page = `
Run \`npm ci && npm start\`, then \`npm run feed -- --rate 5\`, \`npm run --silent test:services\`.

\`\`\`sh
npm test
npm run benchmark
npm serve
node src/demo/feed.ts
node src/demo/food.ts
\`\`\`
`;
  expect(checkProse('README.md', page, toy)).toEqual([
    'README.md: there is no npm script benchmark',
    'README.md: there is no npm script serve',
    'README.md: there is no src/demo/food.ts',
  ]);
});

test('links lead to files and headings, paths in code to files and folders', () => {
  const page = `
# A title, with \`code\`
[licence](LICENSE), [rules](docs/rules.md#first "The rules"), [up](#a-title-with-code), [web](https://example.org),
[gone](docs/gone.md), [nowhere](#nowhere), \`src/engine\`, \`src/engines\`, \`[not](a-link.md)\`
`;
  expect(checkProse('README.md', page, toy)).toEqual([
    'README.md: there is no heading #nowhere',
    'README.md: there is no docs/gone.md',
    'README.md: there is no src/engines',
  ]);
});

test('links are relative to their page', () => {
  expect(checkProse('docs/tour.md', '[rules](rules.md) [licence](../LICENSE)', toy)).toEqual([]);
  expect(checkProse('docs/tour.md', '[licence](LICENSE)', toy)).toEqual([
    'docs/tour.md: there is no docs/LICENSE',
  ]);
});
