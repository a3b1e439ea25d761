import type { AppLog } from '../../src/app/context/app.ts';
import { DATABASE_CLOCK } from '../../src/app/context/clock.ts';
import { type AppOptions, type OpenApp, openApp } from '../../src/app/open-app.ts';
import { migratedDatabase } from './database-template.ts';

/** A log whose errors fail the test that reads them. */
export type TestLog = AppLog & { readonly problems: string[] };

/** A log that keeps warnings and errors. */
export function createTestLog(): TestLog {
  const problems: string[] = [];
  const keep = (details: Record<string, unknown>, message: string) => {
    problems.push(`${message} ${details.err instanceof Error ? details.err.stack : JSON.stringify(details)}`);
  };
  return { problems, info() {}, warn: keep, error: keep };
}

/** An app of a test's own, in memory unless another place is given. */
export async function openTestApp({
  location,
  clock = DATABASE_CLOCK,
  pollEveryMs = 50,
  ...rest
}: Partial<Omit<AppOptions, 'log'>> = {}): Promise<OpenApp & { readonly log: TestLog }> {
  const log = createTestLog();
  const place = location ?? ({ kind: 'memory', dump: await migratedDatabase() } as const);
  return { ...(await openApp({ ...rest, location: place, clock, log, pollEveryMs })), log };
}
