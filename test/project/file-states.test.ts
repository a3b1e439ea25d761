import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { differences, readFileStates } from './support/file-states.ts';

test('names each file that came, went or changed between two moments', () => {
  const root = mkdtempSync(join(tmpdir(), 'file-states-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'made/deep'), { recursive: true });
  const write = (file: string, content: string) => writeFileSync(join(root, file), content);
  const read = () => readFileStates(root, ['made/**/*', 'printed.graphql']);

  write('made/same.ts', 'same');
  write('made/deep/changed.ts', 'old');
  write('made/gone.ts', 'old');
  write('unrelated.ts', 'old');
  const before = read();
  expect(differences(before, read())).toEqual([]);

  write('made/deep/changed.ts', 'new');
  write('printed.graphql', 'new');
  write('unrelated.ts', 'new');
  rmSync(join(root, 'made/gone.ts'));
  expect(differences(before, read())).toEqual([
    'made/deep/changed.ts was out of date',
    'made/gone.ts is no longer made',
    'printed.graphql was missing',
  ]);
});
