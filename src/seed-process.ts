import { DATABASE_CLOCK } from './app/context/clock.ts';
import { openApp } from './app/open-app.ts';
import { seedEmptyDatabase } from './seed-empty-database.ts';

// The process of `seedNewFolder`: opens the data folder that it is given, seeds it, and ends.

/** What it tells the process that started it: what is to be logged, or why it failed. */
export type SeedingReport =
  | { readonly details: Record<string, unknown>; readonly message: string }
  | { readonly problem: string };

function report(told: SeedingReport): void {
  return void process.send?.(told);
}

// The server has ended, however it did; the next start goes on.
process.once('disconnect', () => process.exit(1));
// A Ctrl+C reaches this process too, and is the server's to answer.
process.on('SIGINT', () => {});

function tell(details: Record<string, unknown>, message: string): void {
  report({ details, message });
}
try {
  const [folder = ''] = process.argv.slice(2);
  const log = { info: tell, warn: tell, error: tell };
  const opened = await openApp({ location: { kind: 'embedded', folder }, clock: DATABASE_CLOCK, log });
  try {
    await seedEmptyDatabase(opened.app, log);
  } finally {
    await opened.close();
  }
} catch (error) {
  report({ problem: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
process.removeAllListeners('disconnect');
process.disconnect?.();
