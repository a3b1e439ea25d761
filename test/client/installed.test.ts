import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = join(root, 'node_modules/.bin/tsc');

/** What somebody writes who has tiergraph among the packages of a project. */
const CONSUMER = `import { type ConnectionState, FollowingRefused, followStatusChanges, type StatusChangeEvent } from 'tiergraph/client';
const states: ConnectionState[] = [];
const changes = followStatusChanges({
  url: 'http://127.0.0.1:1/graphql',
  program: 'connect',
  onConnection(state) {
    states.push(state);
    if (state.type !== 'WAITING') return;
    console.log(states.map(({ type }) => type).join(), new FollowingRefused('FORBIDDEN', '').code);
    void changes.return?.();
  },
  token: () => Promise.reject(new Error("no token today")),
});
const handle = (event: StatusChangeEvent): string =>
  event.__typename === 'StatusChanged' ? event.change.partner.name : event.cursor;
for await (const event of changes) handle(event);
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tiergraph-installed-'));
  const modules = join(folder, 'node_modules');
  // As `npm pack` puts it together; a link would hide what Node refuses of a package.
  execFileSync(tsc, ['--project', 'tsconfig.client.json', '--outDir', join(modules, 'tiergraph/dist')], {
    cwd: root,
  });
  cpSync(join(root, 'package.json'), join(modules, 'tiergraph/package.json'));
  for (const name of ['graphql', 'graphql-ws', '@graphql-typed-document-node/core', '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['Node', ['--module', 'nodenext']],
  ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
])('the client type-checks in a project for %s, declarations included', (_, options) => {
  const settings = ['--noEmit', '--strict', '--target', 'es2024', '--lib', 'esnext', '--types', 'node'];
  execFileSync(tsc, [...settings, ...options, 'consumer.ts'], { cwd: folder, stdio: 'pipe' });
});

test('the client runs from among the packages of a project', () => {
  const printed = execFileSync(process.execPath, ['consumer.ts'], { cwd: folder, encoding: 'utf8' });
  expect(printed).toBe('CONNECTING,WAITING FORBIDDEN\n');
});
