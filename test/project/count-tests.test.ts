import { expect, test } from 'vitest';
import { countTests } from '../../.ci/count-tests.ts';

const green = { numPassedTests: 40, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
const red = { numPassedTests: 3, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };

test('adds up the suites', () => {
  expect(countTests([green], 0)).toBe('40 passed, 0 failed');
  expect(countTests([green, red], 1)).toBe('43 passed, 2 failed, 2 skipped');
});

test('never reports a failed run as green', () => {
  expect(countTests([green, null], 0)).toBe('40 passed, 1 failed');
  expect(countTests([green], 2)).toBe('40 passed, 1 failed');
});
