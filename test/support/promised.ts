import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** The chapters of README that promise something. */
const CHAPTERS = ['What you can rely on', 'Keys and rights', 'Limits and errors'];

/**
 * What README promises, sentence by sentence, as plain text: what a test of it quotes. Code blocks are
 * examples, and the heads of tables are no promises.
 */
export function readPromises(): readonly string[] {
  const readme = readFileSync(README, 'utf8');
  return CHAPTERS.flatMap((chapter) => {
    const text = readme.split(`\n## ${chapter}\n`)[1]?.split('\n## ')[0];
    if (text === undefined) throw new Error(`README has no chapter "${chapter}".`);
    return text
      .replace(/```.*?```/gs, '')
      .split(/\n\n|\n(?=- )/)
      .flatMap((block) => (block.trim().startsWith('|') ? rowsOf(block) : sentencesOf(block)));
  });
}

/** A row's sentences, each after what the row is about. */
function rowsOf(table: string): readonly string[] {
  const [, , ...rows] = table.trim().split('\n');
  return rows.flatMap((row) => {
    const [about = '', ...cells] = row.split('|').slice(1, -1);
    return cells.flatMap(sentencesOf).map((sentence) => `${plain(about)}: ${sentence}`);
  });
}

function sentencesOf(block: string): readonly string[] {
  return plain(block)
    .split(/(?<=[.!?])\s+(?=[A-Z`])/)
    .filter((sentence) => sentence !== '');
}

/**
 * Without what marks a list, a link or emphasis; a sentence in bold at the beginning belongs to the one after
 * it.
 */
function plain(markdown: string): string {
  return markdown
    .replace(/^\s*- /, '')
    .replace(/\.\*\*\s/, ':** ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('**', '')
    .replace(/\s+/g, ' ')
    .trim();
}

const known = new Set(readPromises());

/**
 * The title of a test that holds a promise of README, quoted word for word. Throws once README says it
 * otherwise.
 */
export function promised(sentence: string): string {
  if (!known.has(sentence)) throw new Error(`README does not promise: ${sentence}`);
  return `README: ${sentence}`;
}
