import { expect, test } from 'vitest';
import { createBudgets } from '../../../src/server/admission/rate-limit.ts';

test('a budget is spent at once, comes back steadily, and never grows beyond what it was', () => {
  let now = 0;
  const budgets = createBudgets({ capacity: 100, perSecond: 10 }, () => now);
  expect(budgets.spend('a', 70)).toEqual({ capacity: 100, perSecond: 10, remaining: 30, waitMs: 0 });
  expect(budgets.spend('a', 70)).toMatchObject({ remaining: 30, waitMs: 4_000 });
  expect(budgets.spend('b', 100)).toMatchObject({ remaining: 0, waitMs: 0 });
  now = 3_999;
  expect(budgets.spend('a', 70)).toMatchObject({ remaining: 69, waitMs: 1 });
  now = 4_000;
  expect(budgets.spend('a', 70)).toMatchObject({ remaining: 0, waitMs: 0 });
  now = 1_000_000;
  expect(budgets.spend('a', 1)).toMatchObject({ remaining: 99, waitMs: 0 });
});

test('a charge takes what there is', () => {
  const budgets = createBudgets({ capacity: 100, perSecond: 10 }, () => 0);
  budgets.charge('a', 60);
  budgets.charge('a', 60);
  expect(budgets.spend('a', 1)).toMatchObject({ remaining: 0, waitMs: 100 });
});
