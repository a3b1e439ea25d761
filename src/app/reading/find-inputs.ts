import type { Instant } from '../../engine/values/day.ts';
import type { ProgramRecord, RulebookRecord } from '../../store/catalogue/program-catalogue.ts';
import { eachBatch, readInBatches } from '../../store/encoding/batches.ts';
import type { ReadScope } from '../../store/reading/read-scope.ts';
import {
  factsOf,
  type LoadedInputs,
  loadKnownInputs,
  readLatestRecordings,
} from '../../store/writing/partner-inputs.ts';
import type { App } from '../context/app.ts';

/** A partner as it was known at an instant. */
export type InputsQuestion = {
  readonly programId: string;
  readonly partnerId: string;
  readonly knownAt: Instant;
};

/** Whether partners can be judged by all of these rulebooks. */
export function canJudgeBy(rulebooks: readonly RulebookRecord[]): boolean {
  return rulebooks.every(({ unusable }) => unusable === null);
}

/**
 * How a use case finds what was known of a partner. A server reads together what is requested together.
 */
export type InputsFinder = {
  /** The partner's inputs; null if nothing was known of it by then, or it is out of scope. */
  find(question: InputsQuestion): Promise<LoadedInputs | null>;
  /** The latest instant at which any of the inputs was recorded, rulebooks included. */
  latest(question: InputsQuestion): Promise<Instant>;
};

/** The inputs of partners of one programme, in the order of the questions. */
export async function readInputs(
  scope: ReadScope,
  app: App,
  program: ProgramRecord,
  questions: readonly InputsQuestion[],
): Promise<readonly (LoadedInputs | null)[]> {
  const inputs: (LoadedInputs | null)[] = [];
  await eachBatch(questions, async (batch) => {
    const known = await loadKnownInputs(scope, app.database.prisma, program, batch);
    inputs.push(...known);
    return known.reduce((sum, each) => sum + (each === null ? 0 : factsOf(each)), 0);
  });
  return inputs;
}

/**
 * The latest instant at which any of the inputs was recorded, in the order of the questions. With
 * `onlyInScope`, family members that are out of scope contribute only what says when they were members.
 */
export async function readRecordings(
  scope: ReadScope,
  app: App,
  program: ProgramRecord,
  questions: readonly InputsQuestion[],
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
export function createInputsFinder(scope: ReadScope, app: App): InputsFinder {
  const programOf = async ({ programId }: InputsQuestion): Promise<ProgramRecord> => {
    const program = await app.catalogue.find('id', programId);
    if (program === undefined) throw new Error(`The programme ${programId} of a partner is missing.`);
    return program;
  };
  return {
    async find(question) {
      const [known = null] = await readInputs(scope, app, await programOf(question), [question]);
      return known;
    },
    async latest(question) {
      const [at = question.knownAt] = await readRecordings(scope, app, await programOf(question), [question]);
      return at;
    },
  };
}
