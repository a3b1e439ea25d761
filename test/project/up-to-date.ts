import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { differences, readFileStates } from './support/file-states.ts';

// Makes the generated and printed files again and fails when that changed any of them; they are up to date
// afterwards.
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const made = ['src/generated/**/*', 'schema/schema.graphql'];

const before = readFileStates(root, made);
for (const script of ['print:schema', 'generate']) {
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    console.error(`npm run ${script} failed`);
    process.exit(1);
  }
}
const changed = differences(before, readFileStates(root, made));
for (const line of changed) console.error(line);
if (changed.length > 0) {
  console.error('Run npm run print:schema and npm run generate, and commit schema/schema.graphql.');
  process.exit(1);
}
