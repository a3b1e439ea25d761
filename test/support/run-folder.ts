import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs once before all tests: makes the folder for what the test files of one run share, and takes it away at
 * the end.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tiergraph-run-'));
  // The processes of the tests inherit it.
  process.env.TEST_RUN_FOLDER = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
