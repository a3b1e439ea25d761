import { describeMismatch } from '../../engine/checking/check-document.ts';
import { runScenarioInSteps } from '../../engine/checking/run-scenario.ts';
import { checkSuccession } from '../../engine/format/check-succession.ts';
import { parseRulebook } from '../../engine/format/parse-rulebook.ts';
import { firstProblems, type Problem, quoted, shortened } from '../../engine/format/problem.ts';
import { PROGRAM_LIMITS } from '../../engine/format/rulebook-limits.ts';
import { dimensionsOf } from '../../engine/measuring/dimension-items.ts';
import { dimensionText } from '../../engine/measuring/item-of.ts';
import type { Rulebook } from '../../engine/rulebook/rulebook.ts';
import { type Day, formatDay, type Instant } from '../../engine/values/day.ts';
import { DEFAULT_LOCALE, textIn } from '../../engine/values/language.ts';
import type { ProgramRecord, RulebookRecord } from '../../store/catalogue/program-catalogue.ts';
import type { Transaction } from '../../store/connection/transaction.ts';
import { findBeyondItems } from '../../store/writing/beyond-items.ts';
import {
  countUnjudged,
  lockRulebook,
  markPublished,
  readPublicationFacts,
} from '../../store/writing/write-program.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { dayIn } from '../context/clock.ts';
import { finishGivingWay } from '../context/give-way.ts';
import { changeRules, rulebookNotFound } from './change-rules.ts';
import { nextInstant } from './write-to-program.ts';

/** The longest list of problems in one sentence, in characters. */
const LONGEST_REASONS = 1_000;

export type PublishRulebook = { readonly rulebook: string; readonly effectiveFrom: Day };

/** `problems` name the places in the document that stand in the way; empty if it is the day. */
export type NotPublishable = Refused<'NOT_PUBLISHABLE'> & { readonly problems: readonly Problem[] };

export type PublishRefusal = Refused<'RULEBOOK_NOT_FOUND' | 'NOT_A_DRAFT'> | NotPublishable;

/**
 * Publishes a draft from a day on. It never changes afterwards. Every partner is judged anew right after, as
 * due work of any process.
 */
export async function publishRulebook(
  app: App,
  command: PublishRulebook,
): Promise<{ readonly rulebookId: string } | PublishRefusal> {
  return changeRules<{ readonly rulebookId: string }, PublishRefusal>(
    app,
    command.rulebook,
    async (tx, { catalogue, databaseTime }) => {
      const draft = await lockRulebook(tx, command.rulebook);
      if (draft === undefined) return rulebookNotFound();
      if (draft.state !== 'DRAFT') return refuse('NOT_A_DRAFT', 'This rulebook was published before.');
      const now = app.clock(databaseTime);
      const program = catalogue.byId.get(draft.programId);
      if (program === undefined) throw new Error(`The rulebook ${draft.id} belongs to no programme.`);
      const parsed = parseRulebook(draft.document, program.settings);
      if (!parsed.ok) {
        const message = 'The draft was saved when more was allowed; mend it and save it again.';
        return { ...refuse('NOT_PUBLISHABLE', message), problems: parsed.problems };
      }
      if (program.rulebooks.length >= PROGRAM_LIMITS.rulebooks) {
        const message = `A programme may have ${PROGRAM_LIMITS.rulebooks} rulebooks that are published and not withdrawn.`;
        return { ...refuse('NOT_PUBLISHABLE', message), problems: [] };
      }
      const waiting = await findWaiting(tx, program);
      if (waiting !== null) return { ...refuse('NOT_PUBLISHABLE', waiting), problems: [] };
      const { hasLog, currencies, lastRecordedAt } = await readPublicationFacts(tx, program.id);
      const { effectiveFrom } = command;
      const previous = program.rulebooks.at(-1);
      const wrongDay = findWrongDay(effectiveFrom, {
        today: dayIn(program.timeZone, now),
        previous,
        hasLog,
      });
      if (wrongDay !== null) return { ...refuse('NOT_PUBLISHABLE', wrongDay), problems: [] };
      const problems = firstProblems([
        ...checkSuccession(parsed.rulebook, {
          effectiveFrom,
          previous: previous?.rulebook ?? null,
          currenciesInUse: currencies,
        }),
        ...(await findTooMany(tx, program, parsed.rulebook)),
        ...(await findRed(app, parsed.rulebook)),
      ]);
      if (problems.length > 0) {
        const reasons = shortened(problems.map((problem) => problem.message).join(' '), LONGEST_REASONS);
        const message = `The document can't be published as it is. ${reasons}`;
        return { ...refuse('NOT_PUBLISHABLE', message), problems };
      }
      await markPublished(
        tx,
        draft,
        command.effectiveFrom,
        nextInstant({ now, program }, [{ lastRecordedAt }]),
      );
      return { rulebookId: draft.id };
    },
  );
}

type Circumstances = {
  readonly today: Day;
  /** The one in force until then; undefined where none counts. */
  readonly previous: RulebookRecord | undefined;
  readonly hasLog: boolean;
};

/**
 * What is wrong with the day; null if nothing is. Where no rulebook counts, nothing was promised, so any day
 * will do.
 */
function findWrongDay(effectiveFrom: Day, { today, previous, hasLog }: Circumstances): string | null {
  if (previous === undefined) return null;
  if (effectiveFrom <= previous.effectiveFrom) {
    return `It has to take effect after ${formatDay(previous.effectiveFrom)}, when the latest rulebook does.`;
  }
  return hasLog && effectiveFrom < today ? `It can't take effect before today, ${formatDay(today)}.` : null;
}

/** The scenarios of which the rulebook says something else than they expect. */
async function findRed(app: App, rulebook: Rulebook): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const scenario of rulebook.scenarios) {
    await app.giveWay();
    const { mismatches } = await finishGivingWay(app.giveWay, runScenarioInSteps(rulebook, scenario));
    for (const mismatch of mismatches) {
      const message = `The scenario ${quoted(textIn(scenario.name, DEFAULT_LOCALE))} is red. ${describeMismatch(mismatch)}`;
      problems.push({ path: scenario.path, message });
    }
  }
  return problems;
}

/** The dimensions of which partners have more items than allowed already. */
async function findTooMany(
  tx: Transaction,
  program: ProgramRecord,
  rulebook: Rulebook,
): Promise<readonly Problem[]> {
  const dimensions = dimensionsOf([rulebook]);
  const beyond = await findBeyondItems(tx, program.id, dimensions);
  return beyond.flatMap(({ dimension, partners, most, example }) => {
    const found = dimensions[dimension];
    if (found === undefined) return [];
    const have = partners === 1 ? 'has' : 'have';
    const message =
      `A partner may have ${found.allowed} different values of ${dimensionText(found.dimension)}, and ${partners} ${have} more: ` +
      `${quoted(example)} has ${most}.`;
    return { path: found.path, message };
  });
}

/**
 * How far judging has come since the latest withdrawal; null once it is finished. The next rulebook remaps
 * the tiers of the one before it, and does not know those of the withdrawn one.
 */
async function findWaiting(tx: Transaction, program: ProgramRecord): Promise<string | null> {
  const { at, version } = latestWithdrawal(program);
  if (at === null) return null;
  const { waiting, total } = await countUnjudged(tx, program.id, version);
  if (waiting === 0) return null;
  const since = new Date(at).toISOString();
  return `Of ${total} partners ${total - waiting} have been judged after the withdrawal of ${since}; publish once all have been.`;
}

/** The programme's latest withdrawal, and the `rulesVersion` since it. */
function latestWithdrawal({ withdrawnRulebooks, rulesChangedAt }: ProgramRecord) {
  const at = withdrawnRulebooks.reduce<Instant | null>(
    (latest, { withdrawnAt }) => (withdrawnAt === null ? latest : Math.max(withdrawnAt, latest ?? 0)),
    null,
  );
  return { at, version: at === null ? 0 : rulesChangedAt.indexOf(at) + 1 };
}
