import {
  type InputsFinder,
  type InputsQuestion,
  readInputs,
  readRecordings,
} from '../../src/app/reading/find-inputs.ts';
import type { Instant } from '../../src/engine/values/day.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { batched } from '../base/batched.ts';
import type { Context } from '../base/context.ts';
import { present } from '../base/present.ts';

type Question = Pick<InputsQuestion, 'partnerId' | 'knownAt'>;

const findInputs = batched(async (context, questions: readonly Question[], programId: string) =>
  readInputs(context.scope, context.app, await programWith(context, programId), within(programId, questions)),
);

const findRecording = batched(async (context, questions: readonly Question[], programId: string) =>
  readRecordings(
    context.scope,
    context.app,
    await programWith(context, programId),
    within(programId, questions),
  ),
);

const findRecordingInScope = batched(async (context, questions: readonly Question[], programId: string) => {
  const program = await programWith(context, programId);
  return readRecordings(context.scope, context.app, program, within(programId, questions), true);
});

/** The latest instant at which any of the inputs that the viewer may see was recorded. */
export function latestInScope(
  context: Context,
  { programId, ...question }: InputsQuestion,
): Promise<Instant> {
  return findRecordingInScope(context, keyOf(question), programId);
}

/**
 * Finds what was known of partners; what resolvers ask for together is read in one statement, and once an
 * operation.
 */
export function inputsFor(context: Context): InputsFinder {
  return {
    find: ({ programId, ...question }) => findInputs(context, keyOf(question), programId),
    latest: ({ programId, ...question }) => findRecording(context, keyOf(question), programId),
  };
}

/**
 * The same without the members of a family that the viewer may not see: a partner's rights do not reach
 * former affiliates, not even for the days on which they were affiliates.
 */
export function casesInScope(context: Context): Pick<InputsFinder, 'find'> {
  const { find } = inputsFor(context);
  if (context.scope.partner === null) return { find };
  return {
    async find(question) {
      const known = await find(question);
      if (known === null) return null;
      const seen = await Promise.all(known.family.map(({ partnerId }) => context.partners.load(partnerId)));
      return seen.includes(null)
        ? { ...known, family: known.family.filter((_, index) => seen[index] !== null) }
        : known;
    },
  };
}

// The caller's object may have more fields, which must not become part of the key.
function keyOf({ partnerId, knownAt }: Question): Question {
  return { partnerId, knownAt };
}

function within(programId: string, questions: readonly Question[]): readonly InputsQuestion[] {
  return questions.map((question) => ({ programId, ...question }));
}

async function programWith({ app }: Context, id: string): Promise<ProgramRecord> {
  return present(await app.catalogue.find('id', id), 'programme');
}
