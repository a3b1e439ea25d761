import { type App, todayIn } from './app/context/app.ts';
import { CONNECT_PROGRAM } from './demo/rulebooks.ts';
import { isDemoSeeded, seedDemo } from './demo/seed.ts';
import { formatDay } from './engine/values/day.ts';
import type { Log } from './server/settings/log.ts';

const DEMO_SEED = 2014;

/** Fills an empty database with the demo programme; continues a seeding that was cut off. */
export async function seedEmptyDatabase(app: App, log: Pick<Log, 'info'>): Promise<void> {
  const programs = [...(await app.catalogue.current()).byCode.keys()];
  const isOurs = programs.length === 0 || (programs.length === 1 && programs[0] === CONNECT_PROGRAM.code);
  if (!isOurs || (await isDemoSeeded(app))) return;
  log.info({}, 'Seeding the demo programme, which takes a few seconds.');
  const startedAt = performance.now();
  const today = formatDay(await todayIn(app, CONNECT_PROGRAM));
  const seeded = await seedDemo(app, { seed: DEMO_SEED, today });
  log.info(
    { ...seeded, seconds: Math.round((performance.now() - startedAt) / 1000) },
    'Seeded the demo programme.',
  );
}
