import type { Directory, DirectorySnapshot, ProgramRecord } from '../../store/catalogue/directory.ts';
import type { App } from '../context/app.ts';
import { type RightsClass, reaches } from './rights.ts';

/** The app as a caller with these rights may use it: programmes that the rights do not reach are not there. */
export function narrowApp(app: App, rights: RightsClass): App {
  if (rights.programs === 'ALL') return app;
  const current = async (): Promise<DirectorySnapshot> => {
    const { epoch, byId } = await app.directory.current();
    const programs = [...byId.values()].filter(({ id }) => reaches(rights, id));
    const by = (key: 'id' | 'code'): ReadonlyMap<string, ProgramRecord> =>
      new Map(programs.map((program) => [program[key], program]));
    return { epoch, byId: by('id'), byCode: by('code') };
  };
  const find: Directory['find'] = async (by, value) => {
    const found = await app.directory.find(by, value);
    return found !== undefined && reaches(rights, found.id) ? found : undefined;
  };
  return { ...app, directory: { ...app.directory, current, find } };
}
