import type { Instant } from '../../engine/values/day.ts';
import type { ProgramRecord, RulebookRecord } from '../../store/catalogue/program-catalogue.ts';
import { eachBatch, readInBatches } from '../../store/encoding/batches.ts';
import type { ReadScope } from '../../store/reading/read-scope.ts';
import {
  factsOf,
  type LoadedCase,
  loadKnownInputs,
  readLatestRecordings,
} from '../../store/writing/partner-inputs.ts';
import type { App } from '../context/app.ts';

/** A partner as it was known at an instant. */
export type CaseQuestion = {
  readonly programId: string;
  readonly partnerId: string;
  readonly knownAt: Instant;
};

/** Whether partners can be judged by all of these rulebooks. */
export function canJudgeBy(rulebooks: readonly RulebookRecord[]): boolean {
  return rulebooks.every(({ unusable }) => unusable === null);
}

/**
 * How a use case comes to what was known of a partner: a server reads together what is asked for together.
 */
export type CaseFinder = {
  /** The partner's case; null if nothing was known of it by then, or it is out of scope. */
  find(question: CaseQuestion): Promise<LoadedCase | null>;
  /** When the latest of what the case rests on had been recorded, rulebooks included. */
  latest(question: CaseQuestion): Promise<Instant>;
};

/** The cases of partners of one programme, in the order of the questions. */
export async function readCases(
  scope: ReadScope,
  app: App,
  program: ProgramRecord,
  questions: readonly CaseQuestion[],
): Promise<readonly (LoadedCase | null)[]> {
  const cases: (LoadedCase | null)[] = [];
  await eachBatch(questions, async (batch) => {
    const known = await loadKnownInputs(scope, app.database.prisma, program, batch);
    cases.push(...known);
    return known.reduce((sum, each) => sum + (each === null ? 0 : factsOf(each)), 0);
  });
  return cases;
}

/**
 * When the latest that each case rests on had been recorded, in the order of the questions; with
 * `onlyInScope` of members of the family that are out of scope only what says when they were members.
 */
export async function readRecordings(
  scope: ReadScope,
  app: App,
  program: ProgramRecord,
  questions: readonly CaseQuestion[],
  onlyInScope = false,
): Promise<readonly Instant[]> {
  const recordings = await readInBatches(questions, (batch) =>
    readLatestRecordings(scope, app.database.prisma, program, batch, onlyInScope),
  );
  return questions.map(({ knownAt }, index) => {
    const rulesAt = program.rulesChangedAt.findLast((at) => at <= knownAt) ?? 0;
    return Math.max(recordings[index] ?? 0, rulesAt);
  });
}

/** Reads each by itself. */
export function createCaseFinder(scope: ReadScope, app: App): CaseFinder {
  const programOf = async ({ programId }: CaseQuestion): Promise<ProgramRecord> => {
    const program = await app.catalogue.find('id', programId);
    if (program === undefined) throw new Error(`The programme ${programId} of a partner is missing.`);
    return program;
  };
  return {
    async find(question) {
      const [known = null] = await readCases(scope, app, await programOf(question), [question]);
      return known;
    },
    async latest(question) {
      const [at = question.knownAt] = await readRecordings(scope, app, await programOf(question), [question]);
      return at;
    },
  };
}
