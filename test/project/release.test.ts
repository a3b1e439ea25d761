import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const RELEASE = fileURLToPath(new URL('../../.ci/release.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tiergraph-release-'));
const project = join(folder, 'project');
const called = join(folder, 'called.txt');

/** Runs a command in the project; what npm is asked for is only written down, but for the version. */
function run(program: string, ...args: readonly string[]) {
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: project,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${folder}:${PATH}`,
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.org',
    },
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}

const release = (...args: readonly string[]) => run(process.execPath, RELEASE, ...args);
const calls = (): readonly string[] => readFileSync(called, 'utf8').trim().split('\n');

beforeAll(() => {
  mkdirSync(project);
  writeFileSync(called, '');
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "$*" >> ${called}\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  writeFileSync(
    join(project, 'CHANGELOG.md'),
    '# Changelog\n\n## Unreleased\n\n- Something new.\n\n## 0.1.0 (2026-01-01)\n',
  );
  for (const args of [
    ['init', '--initial-branch', 'main'],
    ['add', '.'],
    ['commit', '--message', 'First'],
  ]) {
    expect(run('git', ...args).status).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a dry run says what would be done, and does nothing', () => {
  const { status, said } = release('0.2.0', '--dry-run');
  expect([status, said.split('\n').at(-1)]).toEqual([0, 'would be ready: git push --follow-tags']);
  expect(said).toContain('would run: npm run check');
  expect(readFileSync(called, 'utf8')).toBe('');
  expect(run('git', 'tag').said).toBe('');
});

test('a release checks, moves what is unreleased under the version, commits and tags', () => {
  expect(release('0.2.0').status).toBe(0);
  expect(calls()).toEqual(['run check', 'run release:schema', 'version 0.2.0 --no-git-tag-version']);
  expect(readFileSync(join(project, 'CHANGELOG.md'), 'utf8')).toMatch(
    /^# Changelog\n\n## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- Something new\.\n\n## 0\.1\.0 /,
  );
  expect(run('git', 'log', '--format=%s').said).toBe('Release 0.2.0\nFirst');
  expect(run('git', 'tag').said).toBe('v0.2.0');
});

test('a release is refused where something is missing', () => {
  expect(release('next').said).toBe('Name the version, such as: npm run release -- 0.2.0');
  expect(release('0.2.0')).toEqual({ status: 1, said: 'The version 0.2.0 was released already.' });
  expect(release('0.3.0')).toEqual({ status: 1, said: 'CHANGELOG.md says nothing under "Unreleased".' });
  writeFileSync(join(project, 'new.txt'), '');
  expect(release('0.3.0').said).toBe('There are changes that are not committed.');
});
