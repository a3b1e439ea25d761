import { randomUUIDv7 } from 'node:crypto';
import { parseRulebook } from '../../engine/format/parse-rulebook.ts';
import type { Problem } from '../../engine/format/problem.ts';
import { PROGRAM_LIMITS } from '../../engine/format/rulebook-limits.ts';
import { inTransaction } from '../../store/connection/transaction.ts';
import { insertDraft, lockRulebook, replaceDraft } from '../../store/writing/write-program.ts';
import { type App, findProgram, type Refused, refuse } from '../context/app.ts';

export type SaveRulebookDraft = {
  readonly program: string;
  /** The rulebook document, as parsed JSON. */
  readonly document: unknown;
  /** The draft to replace; null creates a new one. */
  readonly draft: string | null;
};

/** The document is not a valid rulebook; these are the first reasons. */
export type RulebookInvalid = Refused<'RULEBOOK_INVALID'> & {
  readonly problems: readonly Problem[];
  readonly problemCount: number;
};

/** Saves a rulebook that validates as a draft, which has no effect until it is published; returns its id. */
export async function saveRulebookDraft(
  app: App,
  command: SaveRulebookDraft,
): Promise<
  | { readonly rulebookId: string }
  | RulebookInvalid
  | Refused<'PROGRAM_NOT_FOUND' | 'RULEBOOK_NOT_FOUND' | 'NOT_A_DRAFT'>
> {
  const program = await findProgram(app, command.program);
  if ('refused' in program) return program;
  const parsed = parseRulebook(command.document, program.settings);
  if (!parsed.ok) {
    const { problems, problemCount } = parsed;
    const count = problemCount === 1 ? 'a problem' : `${problemCount} problems`;
    const told = problems.length < problemCount ? ` The first ${problems.length} are told.` : '';
    const message = `The document has ${count}; nothing was saved.${told}`;
    return { ...refuse('RULEBOOK_INVALID', message), problems, problemCount };
  }
  const { document, draft } = command;
  return inTransaction(app.database, async (tx) => {
    if (draft === null) {
      const id = randomUUIDv7();
      const { drafts } = PROGRAM_LIMITS;
      if (await insertDraft(tx, { id, programId: program.id, document }, drafts)) return { rulebookId: id };
      const message = `The programme has ${drafts} drafts, which is as many as it may have; replace one of them.`;
      const problems = [{ path: '', message }];
      return { ...refuse('RULEBOOK_INVALID', message), problems, problemCount: 1 };
    }
    const row = await lockRulebook(tx, draft);
    if (row === undefined || row.programId !== program.id) {
      return refuse('RULEBOOK_NOT_FOUND', 'The programme has no such rulebook.');
    }
    if (!(await replaceDraft(tx, draft, document))) {
      return refuse('NOT_A_DRAFT', 'This rulebook was published, so it can no longer change.');
    }
    return { rulebookId: draft };
  });
}
