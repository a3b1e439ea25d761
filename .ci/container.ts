// Goes through the steps of the Dockerfile without a container engine: each stage is a minimal Debian in a
// folder, in which `chroot` runs what RUN says. Then starts the server as CMD says, and looks at it from
// outside. Needs root, Debian and mmdebstrap, and says so where they are missing. What it reads is the
// Dockerfile itself, so that the two can't differ; a step that it doesn't know stops it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** What is installed, without the base system and the Node of the first stage. */
const LARGEST_APP_MB = 350;

type Stage = {
  readonly root: string;
  folder: string;
  user: string;
  readonly environment: Record<string, string>;
  command: readonly string[];
  healthCheck: readonly string[];
  readonly volumes: string[];
};
type Step = { readonly name: string; readonly text: string };

const scratch = mkdtempSync(join(tmpdir(), 'tiergraph-container-'));

function readSteps(): readonly Step[] {
  const text = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name, text: rest.trim() };
    });
}

/** The minimal Debian that every stage begins with, made once. */
function makeBase(release: string): string {
  const base = join(scratch, 'base');
  if (!existsSync(base)) {
    execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', release, base], { stdio: 'inherit' });
    cpSync('/etc/resolv.conf', join(base, 'etc/resolv.conf'), { dereference: true });
  }
  return base;
}

function beginStage(image: string, index: number): Stage {
  const release = /(bookworm|trixie)-slim$/.exec(image)?.[1];
  if (release === undefined) throw new Error(`The image ${image} is none that can be made from Debian.`);
  const root = join(scratch, `stage-${index}`);
  execFileSync('cp', ['--archive', makeBase(release), root]);
  if (image.startsWith('node:')) bringNode(root);
  else if (!image.startsWith('debian:'))
    throw new Error(`The image ${image} is neither Debian's nor Node's.`);
  const environment = {
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    DEBIAN_FRONTEND: 'noninteractive',
  };
  return { root, folder: '/', user: 'root', environment, command: [], healthCheck: [], volumes: [] };
}

/** The host's Node and npm, in the place of those of the image, and how this machine reaches the registry. */
function bringNode(root: string): void {
  const local = join(root, 'usr/local');
  // Asked by the Node that the project brings, npm would look for itself beside that one.
  const modules =
    process.env.HOST_MODULES ?? execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  cpSync(process.env.HOST_NODE ?? process.execPath, join(local, 'bin/node'));
  cpSync(join(modules, 'npm'), join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  writeFileSync(join(root, 'root/.npmrc'), `registry=${registry}\n`);
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates !== undefined)
    cpSync(certificates, join(root, 'root/certificates.pem'), { dereference: true });
}

/** Runs a command in a stage as its user. */
function run({ root, folder, user, environment }: Stage, command: readonly string[]): string {
  const given = { ...environment };
  if (existsSync(join(root, 'root/certificates.pem'))) given.NODE_EXTRA_CA_CERTS = '/root/certificates.pem';
  return execFileSync('unshare', inFolder(root, folder, user, command), {
    env: given,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 100_000_000,
  });
}

/**
 * Arguments of `unshare` that run a command in a folder of a root, as a user. The mount that Node needs to
 * find itself is seen by this command alone, and gone with it.
 */
function inFolder(root: string, folder: string, user: string, command: readonly string[]): string[] {
  const inside = `'cd "$0" && exec "$@"'`;
  const outside = `root=$1 user=$2; shift 2; mount --bind /proc "$root/proc" &&
    exec chroot --userspec="$user" "$root" /bin/sh -c ${inside} "$@"`;
  return ['--mount', '/bin/sh', '-c', outside, 'sh', root, user, folder, ...command];
}

/** As .dockerignore says: names in the project's folder, and with two stars those anywhere. */
function isIgnored(path: string): boolean {
  const patterns = readFileSync(join(PROJECT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return patterns.some((pattern) => {
    const expression = pattern
      .replaceAll('.', '\\.')
      .replaceAll('**/', '<any>')
      .replaceAll('*', '[^/]*')
      .replaceAll('<any>', '(.*/)?');
    return new RegExp(`^${expression}(/|$)`).test(path);
  });
}

function copy(stage: Stage, text: string, stages: ReadonlyMap<string, Stage>): void {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith('--from=')
    ? stages.get(words.shift()?.slice('--from='.length) ?? '')
    : null;
  if (from === undefined) throw new Error(`COPY ${text} is from a stage that is not there.`);
  const target = words.pop() ?? '';
  for (const word of words) {
    const source = join(from === null ? PROJECT : from.root, word);
    const place = join(stage.root, stage.folder, target);
    const isFolder = statSync(source).isDirectory();
    const into = isFolder ? place : join(place, word.slice(word.lastIndexOf('/') + 1));
    mkdirSync(dirname(into), { recursive: true });
    if (from !== null)
      execFileSync('cp', isFolder ? ['--archive', `${source}/.`, mkdir(into)] : ['--archive', source, into]);
    else cpSync(source, into, { recursive: true, filter: (path) => !isIgnored(path.slice(PROJECT.length)) });
  }
}

function mkdir(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

function commandOf(text: string): readonly string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (!Array.isArray(words)) throw new Error(`${text} is no list of words.`);
  return words.map(String);
}

/** Goes through all steps; resolves to the last stage. */
function build(): Stage {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { name, text } of readSteps()) {
    console.log(`${name} ${text}`);
    if (name === 'FROM') {
      const [image = '', , alias = `${stages.size}`] = text.split(/\s+/);
      stage = beginStage(image, stages.size);
      stages.set(alias, stage);
      continue;
    }
    if (stage === undefined) throw new Error('The first step is no FROM.');
    switch (name) {
      case 'RUN':
        run(stage, ['/bin/sh', '-c', text]);
        break;
      case 'COPY':
        copy(stage, text, stages);
        break;
      case 'WORKDIR':
        stage.folder = text;
        mkdirSync(join(stage.root, text), { recursive: true });
        break;
      case 'ENV':
        for (const [, key = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) stage.environment[key] = value;
        break;
      case 'USER':
        stage.user = text;
        break;
      case 'CMD':
        stage.command = commandOf(text);
        break;
      case 'HEALTHCHECK':
        stage.healthCheck = commandOf(text);
        break;
      case 'VOLUME':
        stage.volumes.push(text);
        break;
      case 'EXPOSE':
        break;
      default:
        throw new Error(`${name} is a step that is not known here.`);
    }
  }
  if (stage === undefined) throw new Error('The Dockerfile has no step.');
  return stage;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

const checks: [what: string, holds: boolean][] = [];
function check(what: string, holds: boolean): void {
  return void checks.push([what, holds]);
}

function isHealthy(stage: Stage): boolean {
  try {
    run(stage, stage.healthCheck);
    return true;
  } catch {
    return false;
  }
}

/** Starts what was made, and looks at it. */
async function tryOut(stage: Stage): Promise<void> {
  const port = await freePort();
  stage.environment.PORT = String(port);
  check('nothing is healthy before the start', !isHealthy(stage));
  const { root, folder, user, environment, command } = stage;
  const server = spawn('unshare', inFolder(root, folder, user, command), {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(server, 'exit');
  const serves = new Promise<void>((resolve, reject) => {
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('tiergraph serves.')) resolve();
    });
    void exit.then(() => reject(new Error('The server ended before it served.')));
  });
  try {
    await serves;
    await lookAt(stage, server.pid ?? 0, port);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  server.kill('SIGTERM');
  const [code] = await exit;
  check('it stops in order', code === 0);
}

async function lookAt(stage: Stage, pid: number, port: number): Promise<void> {
  const { root, folder } = stage;
  const uid = run(stage, ['id', '-u']).trim();
  const owner = statSync(`/proc/${pid}`).uid;
  check(`it runs as its own user (${owner})`, owner !== 0 && String(owner) === uid);
  const live = await fetch(`http://127.0.0.1:${port}/health/live`);
  check('it is live', live.status === 200);
  check('it is healthy', isHealthy(stage));
  const asked = await fetch(`http://127.0.0.1:${port}/graphql?query={viewer{id}}`);
  check('it asks for a key', (await asked.text()).includes('UNAUTHENTICATED'));
  const data = statSync(join(root, stage.volumes[0] ?? ''));
  check('its data folder is its own and closed', data.uid === owner && (data.mode & 0o777) === 0o700);
  const app = statSync(join(root, folder, 'src'));
  check('it can not write to its program', app.uid !== owner && (app.mode & 0o002) === 0);
  const size = execFileSync('du', ['--summarize', '--block-size=1M', '--exclude=.data', folder.slice(1)], {
    cwd: root,
    encoding: 'utf8',
  });
  check(
    `it is small: ${Number.parseInt(size, 10)} MB of at most ${LARGEST_APP_MB}`,
    Number.parseInt(size, 10) <= LARGEST_APP_MB,
  );
  const packages = ['vitest', 'typescript', 'prisma', '@biomejs/biome'].filter((name) =>
    existsSync(join(root, folder, 'node_modules', name)),
  );
  check(`it has no development packages (${packages.join(', ') || 'none'})`, packages.length === 0);
  check('it has no .env', !existsSync(join(root, folder, '.env')));
}

const missing = [
  process.getuid?.() === 0 ? null : 'root',
  existsSync('/usr/bin/mmdebstrap') ? null : 'mmdebstrap',
  spawnSync('unshare', ['--mount', 'true']).status === 0 ? null : 'the right to mount',
].filter((each) => each !== null);
if (missing.length > 0) {
  console.log(`The Dockerfile was not tried: that needs ${missing.join(' and ')}.`);
} else {
  try {
    await tryOut(build());
    for (const [what, holds] of checks) console.log(`${holds ? 'ok' : 'WRONG'}: ${what}`);
    if (checks.some(([, holds]) => !holds)) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
