import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';

/**
 * The programme with a code, for fields that require one. Throws BAD_USER_INPUT that names `path` if there is
 * none.
 */
export async function requireProgram({ app }: Context, code: string, path: string): Promise<ProgramRecord> {
  const program = await app.catalogue.find('code', code);
  if (program === undefined) {
    throw badUserInput(`There is no programme with the code ${JSON.stringify(code.slice(0, 60))}.`, path);
  }
  return program;
}
