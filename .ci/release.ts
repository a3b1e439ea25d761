// Releases a version: `npm run release -- 0.2.0`, with `--dry-run` to see what it would do.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean', default: false } },
});
const [version = ''] = positionals;
const isDry = values['dry-run'];

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}

/** Runs a command with its output shown, unless this only shows what would be done. */
function run(command: string, ...args: readonly string[]): void {
  console.log(`${isDry ? 'would run' : 'runs'}: ${command} ${args.join(' ')}`);
  if (!isDry) execFileSync(command, args, { stdio: 'inherit' });
}

/** Writes a file, unless this only shows what would be done. */
function write(file: string, content: string): void {
  console.log(`${isDry ? 'would write' : 'writes'}: ${file}`);
  if (!isDry) writeFileSync(file, content);
}

if (!/^\d+\.\d+\.\d+$/.test(version)) fail('Name the version, such as: npm run release -- 0.2.0');
if (git('branch', '--show-current') !== 'main') fail('A release is made on main.');
if (git('status', '--porcelain') !== '') fail('There are changes that are not committed.');
if (git('tag', '--list', `v${version}`) !== '') fail(`The version ${version} was released already.`);

const changelog = readFileSync('CHANGELOG.md', 'utf8');
const [, unreleased = ''] = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
if (!/^- /m.test(unreleased)) fail('CHANGELOG.md says nothing under "Unreleased".');

// What is released is what the tests have seen, and the graph that the next release is compared with.
run('npm', 'run', 'check');
run('npm', 'run', 'release:schema');
if (!isDry && git('status', '--porcelain') !== '') {
  git('checkout', '--', '.');
  fail('The released graph differs from schema/released.graphql: commit it first, see docs/deprecation.md.');
}

const today = new Date().toISOString().slice(0, 10);
write('CHANGELOG.md', changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version} (${today})\n`));
run('npm', 'version', version, '--no-git-tag-version');
run('git', 'commit', '--all', '--message', `Release ${version}`);
run('git', 'tag', '--annotate', `v${version}`, '--message', `tiergraph ${version}`);
console.log(`${isDry ? 'would be' : 'is'} ready: git push --follow-tags`);
