import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers are installed that are not meant to be started by hand, newest version first. */
const SERVER_FOLDERS = [
  ...globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionIn(b) - versionIn(a)),
  ...globSync('/usr/pgsql-*/bin').sort((a, b) => versionIn(b) - versionIn(a)),
  '/usr/sbin',
  '/usr/local/sbin',
];

/**
 * The path of a server's program: from PATH, or from where Debian and others put it. Throws a sentence if
 * there is none.
 */
export function findBinary(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS];
  const found = folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  const path = found.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new Error(`There is no ${name} in PATH or where Debian puts it: install PostgreSQL and nats-server.`);
}

function versionIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0);
}
