import type {
  CatalogueSnapshot,
  ProgramCatalogue,
  ProgramRecord,
} from '../../store/catalogue/program-catalogue.ts';
import type { App } from '../context/app.ts';
import { type RightsClass, reaches } from './rights.ts';

/**
 * The app as a caller with these rights may use it: programmes that the rights do not reach are not there.
 */
export function narrowApp(app: App, rights: RightsClass): App {
  if (rights.programs === 'ALL') return app;
  const current = async (): Promise<CatalogueSnapshot> => {
    const { epoch, byId } = await app.catalogue.current();
    const programs = [...byId.values()].filter(({ id }) => reaches(rights, id));
    const by = (key: 'id' | 'code'): ReadonlyMap<string, ProgramRecord> =>
      new Map(programs.map((program) => [program[key], program]));
    return { epoch, byId: by('id'), byCode: by('code') };
  };
  const find: ProgramCatalogue['find'] = async (by, value) => {
    const found = await app.catalogue.find(by, value);
    return found !== undefined && reaches(rights, found.id) ? found : undefined;
  };
  return { ...app, catalogue: { ...app.catalogue, current, find } };
}
