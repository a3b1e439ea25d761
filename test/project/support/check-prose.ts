import { posix } from 'node:path';

/**
 * What a page may name: the npm scripts, and whether a path from the repository's root is a file or folder.
 */
export type Project = {
  readonly scripts: readonly string[];
  readonly exists: (path: string) => boolean;
};

/** npm's own commands that need no script. */
const NPM_COMMANDS = new Set(['ci', 'install', 'pack', 'run']);
const NPM_COMMAND = /\bnpm (?:run (?:--?\S+ )*)?([a-z][\w:-]*)/g;
const NODE_COMMAND = /\bnode ((?:[\w.-]+\/)+[\w.-]+\.[a-z]+)/g;
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)/g;
const CODE = /(`{1,3})(?:[^`][\s\S]*?)\1/g;
const PATH_IN_CODE = /^`((?:src|schema|test|prisma|bench)\/[\w./-]+)`$/;

/**
 * The sentences that say what a Markdown page, at `file` from the root, promises and the project does not
 * hold.
 */
export function checkProse(file: string, markdown: string, project: Project): string[] {
  const code = [...markdown.matchAll(CODE)].map(([whole]) => whole);
  const missingScripts = code
    .flatMap((piece) => namesIn(piece, NPM_COMMAND))
    .filter((name) => !NPM_COMMANDS.has(name) && !project.scripts.includes(name))
    .map((name) => `${file}: there is no npm script ${name}`);

  const text = markdown.replace(CODE, '');
  const links = namesIn(text, LINK).filter((link) => !/^[a-z]+:/.test(link));
  const missingHeadings = links
    .filter((link) => link.startsWith('#') && !headingAnchors(markdown).includes(link.slice(1)))
    .map((link) => `${file}: there is no heading ${link}`);

  const linked = links.flatMap((link) => link.split('#', 1)).filter((path) => path !== '');
  const paths = [
    ...linked.map((path) => posix.join(posix.dirname(file), path)),
    ...code.flatMap((piece) => namesIn(piece, NODE_COMMAND)),
    ...code.flatMap((piece) => PATH_IN_CODE.exec(piece)?.[1] ?? []),
  ];
  const missingPaths = paths
    .filter((path) => !project.exists(path))
    .map((path) => `${file}: there is no ${path}`);
  return [...new Set([...missingScripts, ...missingHeadings, ...missingPaths])];
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}

/** The anchors of a page's headings, as they are made by those who show Markdown. */
function headingAnchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
