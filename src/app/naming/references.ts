import { findNameProblem, isStorable, toName, toStoredName } from '../../engine/values/naming-text.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import type { DatabaseClient } from '../../store/connection/transaction.ts';
import { findPartnerId } from '../../store/writing/write-partner.ts';
import { type Refused, refuse } from '../context/app.ts';
import type { RowRejection } from './fact-input.ts';
import { EXACT, readSpelled, type Spelled } from './spelled.ts';

/** How references that were sent are found among those that are stored. */
export type References = {
  /** The references under which a partner that was sent may be stored. */
  readonly stored: readonly string[];
  /** What belongs to the reference that was sent, of what is kept by stored references. */
  pick<T>(byReference: ReadonlyMap<string, T>, sent: string): T | undefined;
  /** How they were first written, if case doesn't count. */
  readonly spelled: Spelled;
};

/**
 * The texts under which what was sent may be stored: as it is, since older texts were kept so, before its
 * form.
 */
export function spellingsOf(sent: string): readonly string[] {
  if (!isStorable(sent)) return [];
  const name = toStoredName(sent);
  return sent === name ? [name] : [sent, name];
}

/** How these references of partners of a programme are found. */
export async function readReferences(
  session: DatabaseClient,
  { id, settings }: ProgramRecord,
  sent: readonly string[],
): Promise<References> {
  if (settings.referencesIgnoreCase !== true) {
    return {
      stored: [...new Set(sent.flatMap(spellingsOf))],
      pick: (byReference, each) => pickSpelling(byReference, spellingsOf(each)),
      spelled: EXACT,
    };
  }
  const names = sent.filter(isStorable).map(toStoredName);
  const spelled = await readSpelled(session, id, 'REFERENCE', names);
  return {
    stored: spelled.known,
    pick: (byReference, each) => byReference.get(spelled.firstOf(toStoredName(each))),
    spelled,
  };
}

/** The id of the partner of a programme that a reference names. */
export async function findPartner(
  session: DatabaseClient,
  program: ProgramRecord,
  sent: string,
): Promise<string | undefined> {
  const { stored } = await readReferences(session, program, [sent]);
  return findPartnerId(session, program.id, stored);
}

/** What is kept under the first spelling that has anything. */
export function pickSpelling<T>(
  bySpelling: ReadonlyMap<string, T>,
  spellings: readonly string[],
): T | undefined {
  const found = spellings.find((spelling) => bySpelling.has(spelling));
  return found === undefined ? undefined : bySpelling.get(found);
}

/** Why a reference that was not found is not a valid name; null if it is one. */
export function refuseName(
  sent: string,
  path: string,
): (Refused<'INVALID_INPUT'> & { readonly path: string }) | null {
  const problem = findNameProblem(toName(sent));
  return problem === null ? null : { ...refuse('INVALID_INPUT', problem), path };
}

/** Why a row about a partner that was not found is rejected. */
export function rejectPartner(sent: string, path: string): RowRejection {
  const unreadable = refuseName(sent, path);
  if (unreadable !== null) return { code: 'INVALID_VALUE', path, message: unreadable.message };
  const message = `The programme has no partner with the reference ${JSON.stringify(sent)}.`;
  return { code: 'UNKNOWN_PARTNER', path, message };
}
