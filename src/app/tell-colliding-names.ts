import { describeCharacter } from '../engine/values/naming-text.ts';
import { countCollidingNames, listCollidingNames } from '../store/reading/read-odd-name.ts';
import { FULL_SCOPE } from '../store/reading/read-scope.ts';
import type { App } from './context/app.ts';

const MOST_TOLD = 20;

/**
 * Says at the start which references and keys were left as they are, since two of them would have become one.
 */
export async function tellCollidingNames({ database, log }: App): Promise<void> {
  const names = await listCollidingNames(FULL_SCOPE, database.prisma, null, MOST_TOLD);
  if (names.length === 0) return;
  const count = await countCollidingNames(FULL_SCOPE, database.prisma, null);
  const told = names.map(({ kind, source, text, form }) => ({
    kind,
    source: source && visible(source),
    text: visible(text),
    form,
  }));
  log.warn(
    { count, names: told },
    'References or keys of facts differ from others only in what cannot be seen; each was left as it is. `Program.collidingNames` lists them.',
  );
}

/** The text with what cannot be seen in it written out. */
function visible(text: string): string {
  return text.replace(
    /[^!-~\p{L}\p{M}\p{N}\p{P}\p{S} ]|^ | $/gu,
    (character) => `<${describeCharacter(character)}>`,
  );
}
