import { checkSuccession } from '../engine/check-succession.ts';
import { type Day, formatDay } from '../engine/day.ts';
import { parseRulebook } from '../engine/parse-rulebook.ts';
import { firstProblems, type Problem, shortened } from '../engine/problem.ts';
import { advanceEpoch, beginRuleChange, type WriteStart } from '../store/begin-write.ts';
import type { DirectorySnapshot, RulebookRecord } from '../store/directory.ts';
import { inTransaction, type Transaction } from '../store/transaction.ts';
import { lockRulebook, markPublished, markWithdrawn, readPublicationFacts } from '../store/write-program.ts';
import { type App, type Refused, refuse } from './app.ts';
import { dayIn } from './clock.ts';
import { nextInstant } from './write-to-program.ts';

/** How much of all that is wrong is said in one sentence, in characters. */
const LONGEST_REASONS = 1_000;

export type PublishRulebook = { readonly rulebook: string; readonly effectiveFrom: Day };

/** `problems` name the places in the document that stand in the way; empty if it is the day. */
export type NotPublishable = Refused<'NOT_PUBLISHABLE'> & { readonly problems: readonly Problem[] };

export type PublishRefusal = Refused<'RULEBOOK_NOT_FOUND' | 'NOT_A_DRAFT'> | NotPublishable;

/**
 * Makes a draft the programme's rules from a day on; from then on it never changes. Every partner is judged anew right after, as work that
 * any process goes on with.
 */
export const publishRulebook = async (
  app: App,
  command: PublishRulebook,
): Promise<{ readonly rulebookId: string } | PublishRefusal> =>
  changeRules<PublishRefusal>(app, async (tx, { reached, directory, databaseTime }) => {
    const draft = await lockRulebook(tx, command.rulebook);
    if (draft === undefined || !reached.has(draft.programId)) return rulebookNotFound();
    if (draft.state !== 'DRAFT') return refuse('NOT_A_DRAFT', 'This rulebook was published before.');
    const now = app.clock(databaseTime);
    const program = directory.byId.get(draft.programId);
    if (program === undefined) throw new Error(`The rulebook ${draft.id} belongs to no programme.`);
    const parsed = parseRulebook(draft.document, program.settings);
    if (!parsed.ok) {
      const message = 'The draft was saved when more was allowed; mend it and save it again.';
      return { ...refuse('NOT_PUBLISHABLE', message), problems: parsed.problems };
    }
    const { hasLog, currencies, lastRecordedAt } = await readPublicationFacts(tx, program.id);
    const { effectiveFrom } = command;
    const previous = program.rulebooks.at(-1);
    const wrongDay = findWrongDay(effectiveFrom, { today: dayIn(program.timeZone, now), previous, hasLog });
    if (wrongDay !== null) return { ...refuse('NOT_PUBLISHABLE', wrongDay), problems: [] };
    const problems = firstProblems(
      checkSuccession(parsed.rulebook, {
        effectiveFrom,
        previous: previous?.rulebook ?? null,
        currenciesInUse: currencies,
      }),
    );
    if (problems.length > 0) {
      const reasons = shortened(problems.map((problem) => problem.message).join(' '), LONGEST_REASONS);
      const message = `The document can't follow the rulebook before it: ${reasons}`;
      return { ...refuse('NOT_PUBLISHABLE', message), problems };
    }
    await markPublished(
      tx,
      draft,
      command.effectiveFrom,
      nextInstant({ now, program }, [{ lastRecordedAt }]),
    );
    return { rulebookId: draft.id };
  });

export type WithdrawRefusal = Refused<'RULEBOOK_NOT_FOUND' | 'NOT_WITHDRAWABLE'>;

/** Takes a published rulebook back before it takes effect, the latest one first; every partner is judged anew. */
export const withdrawRulebook = async (
  app: App,
  rulebookId: string,
): Promise<{ readonly rulebookId: string } | WithdrawRefusal> =>
  changeRules<WithdrawRefusal>(app, async (tx, { reached, directory, databaseTime }) => {
    const rulebook = await lockRulebook(tx, rulebookId);
    if (rulebook === undefined || !reached.has(rulebook.programId)) return rulebookNotFound();
    if (rulebook.state !== 'PUBLISHED' || rulebook.effectiveFrom === null) {
      return refuse('NOT_WITHDRAWABLE', 'Only a published rulebook can be withdrawn.');
    }
    const now = app.clock(databaseTime);
    const program = directory.byId.get(rulebook.programId);
    if (program === undefined) throw new Error(`The rulebook ${rulebook.id} belongs to no programme.`);
    if (rulebook.effectiveFrom <= dayIn(program.timeZone, now)) {
      return refuse('NOT_WITHDRAWABLE', `It took effect on ${formatDay(rulebook.effectiveFrom)}.`);
    }
    const latest = program.rulebooks.at(-1);
    if (latest !== undefined && latest.id !== rulebook.id) {
      const message = `The rulebook of ${formatDay(latest.effectiveFrom)} follows it; withdraw that one first.`;
      return refuse('NOT_WITHDRAWABLE', message);
    }
    const { lastRecordedAt } = await readPublicationFacts(tx, program.id);
    await markWithdrawn(tx, rulebook, nextInstant({ now, program }, [{ lastRecordedAt }]));
    return { rulebookId };
  });

const rulebookNotFound = () => refuse('RULEBOOK_NOT_FOUND', 'There is no such rulebook.');

/** Runs a change to the rules while nobody writes, and has every standing that it makes due judged. */
const changeRules = async <Refusal extends Refused<string>>(
  app: App,
  change: (
    tx: Transaction,
    start: WriteStart & { readonly reached: DirectorySnapshot['byId'] },
  ) => Promise<{ readonly rulebookId: string } | Refusal>,
): Promise<{ readonly rulebookId: string } | Refusal> => {
  // The programmes that whoever asks can see; asked for outside the transaction, which has the only session of an embedded database.
  const { byId: reached } = await app.directory.current();
  const result = await inTransaction(app.database, async (tx) => {
    const changed = await change(tx, { ...(await beginRuleChange(tx, app.directory)), reached });
    if ('rulebookId' in changed) await advanceEpoch(tx);
    return changed;
  });
  if ('rulebookId' in result) {
    app.directory.expire();
    app.wakeJudge();
  }
  return result;
};

type Circumstances = {
  readonly today: Day;
  readonly previous: RulebookRecord | undefined;
  readonly hasLog: boolean;
};

const findWrongDay = (effectiveFrom: Day, { today, previous, hasLog }: Circumstances): string | null => {
  if (previous !== undefined && effectiveFrom <= previous.effectiveFrom) {
    return `It has to take effect after ${formatDay(previous.effectiveFrom)}, when the latest rulebook does.`;
  }
  return hasLog && effectiveFrom < today ? `It can't take effect before today, ${formatDay(today)}.` : null;
};
