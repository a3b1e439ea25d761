import { foldCase } from '../../engine/values/fold-case.ts';
import { type DatabaseClient, type Transaction, TryAgain } from '../../store/connection/transaction.ts';
import {
  findSpellings,
  insertSpellings,
  type SpelledKind,
  type Spelling,
} from '../../store/writing/first-spelling.ts';

/** Names whose case doesn't count: each is as it was first written. */
export type Spelled = {
  /** As it was first written; as it is here if it is new. */
  firstOf(name: string): string;
  /** Takes a name for the first of its kind, if it is new. */
  add(name: string): void;
  /** All that were first written so before. */
  readonly known: readonly string[];
  /** Keeps those that were added. Throws TryAgain if another transaction was first with one of them. */
  keep(tx: Transaction): Promise<void>;
};

/** How these names were first written in a programme. */
export async function readSpelled(
  session: DatabaseClient,
  programId: string,
  kind: SpelledKind,
  names: readonly string[],
): Promise<Spelled> {
  const folded = [...new Set(names.map(foldCase))];
  const spellings = await findSpellings(session, programId, kind, folded);
  const known = [...spellings.values()];
  const added: Spelling[] = [];
  return {
    known,
    firstOf: (name) => spellings.get(foldCase(name)) ?? name,
    add(name) {
      const key = foldCase(name);
      if (spellings.has(key)) return;
      spellings.set(key, name);
      added.push({ folded: key, spelling: name });
    },
    async keep(tx) {
      if (!(await insertSpellings(tx, programId, kind, added))) throw new TryAgain();
    },
  };
}

/** Names whose case counts: each is as it is. */
export const EXACT: Spelled = {
  known: [],
  firstOf: (name) => name,
  add: () => undefined,
  keep: () => Promise.resolve(),
};
