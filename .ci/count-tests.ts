import { existsSync, readFileSync } from 'node:fs';

/** What vitest's JSON report of a suite says. */
export type TestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
};

/**
 * The line that closes a run, such as `12 passed, 0 failed`. A missing report, null, counts as a failed test;
 * so do failed steps together when no test failed, because something did.
 */
export function countTests(reports: readonly (TestReport | null)[], failedSteps: number): string {
  const sum = (count: (report: TestReport) => number, missing: number): number =>
    reports.reduce((total, report) => total + (report === null ? missing : count(report)), 0);
  const passed = sum((report) => report.numPassedTests, 0);
  const failed = sum((report) => report.numFailedTests, 1);
  const skipped = sum((report) => report.numPendingTests + report.numTodoTests, 0);
  const shownFailed = failed === 0 && failedSteps > 0 ? 1 : failed;
  return `${passed} passed, ${shownFailed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (import.meta.main) {
  const [failedSteps, ...paths] = process.argv.slice(2);
  const reports = paths.map((path): TestReport | null =>
    existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null,
  );
  console.log(countTests(reports, Number(failedSteps)));
}
