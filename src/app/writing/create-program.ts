import { randomUUIDv7 } from 'node:crypto';
import { fractionToText, parseDecimal } from '../../engine/values/fraction.ts';
import { DEFAULT_LOCALE } from '../../engine/values/language.ts';
import { advanceEpoch } from '../../store/catalogue/begin-write.ts';
import { inTransaction } from '../../store/connection/transaction.ts';
import { insertProgram } from '../../store/writing/write-program.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import {
  type CreateProgram,
  checkProgram,
  type InvalidInput,
  readProgramNames,
} from '../naming/check-program.ts';

/** Creates a programme without rules and members; returns its id. */
export async function createProgram(
  app: App,
  sent: CreateProgram,
): Promise<{ readonly programId: string } | InvalidInput | Refused<'PROGRAM_EXISTS'>> {
  const command = readProgramNames(sent);
  const problems = checkProgram(command);
  const [first] = problems;
  if (first !== undefined) return { ...refuse('INVALID_INPUT', first.message), problems };
  const id = randomUUIDv7();
  const { minimum, maximum } = command.satisfactionScale;
  const added = await inTransaction(app.database, async (tx) => {
    const isNew = await insertProgram(tx, {
      ...command,
      id,
      settings: {
        satisfactionScale: { minimum: exact(minimum), maximum: exact(maximum) },
        measurementKinds: command.measurementKinds,
        defaultLocale: command.defaultLocale ?? DEFAULT_LOCALE,
        personsIgnoreCase: command.personsIgnoreCase ?? false,
        referencesIgnoreCase: command.referencesIgnoreCase ?? false,
      },
    });
    if (isNew) await advanceEpoch(tx);
    return isNew;
  });
  if (!added) return refuse('PROGRAM_EXISTS', `There is a programme with the code ${command.code} already.`);
  app.catalogue.expire();
  return { programId: id };
}

function exact(text: string): string {
  const value = parseDecimal(text);
  if (value === null) throw new Error('The scale was checked before.');
  return fractionToText(value);
}
