import type { Balance } from '../request/operation.ts';
import type { Limits } from '../settings/limits.ts';

/** Budgets by identity: each is full at first, and what is spent comes back at a steady rate. */
export type Budgets = {
  /** Pays `cost` if there is enough, and nothing otherwise. */
  spend(identity: string, cost: number): Balance;
  /** Pays as much of `cost` as there is. */
  charge(identity: string, cost: number): void;
};

/** Makes budgets that are all full. `now` is a clock in milliseconds that never goes back. */
export function createBudgets({ capacity, perSecond }: Limits['budget'], now: () => number): Budgets {
  const accounts = new Map<string, { remaining: number; at: number }>();
  let sweptAt = now();

  const open = (identity: string): { remaining: number; at: number } => {
    const at = now();
    sweep(at);
    const account = accounts.get(identity) ?? { remaining: capacity, at };
    account.remaining = grown(account, at);
    account.at = at;
    accounts.set(identity, account);
    return account;
  };

  const grown = (account: { remaining: number; at: number }, at: number): number =>
    Math.min(capacity, account.remaining + ((at - account.at) * perSecond) / 1000);

  /** Forgets accounts that are full again, as often as an empty one needs to become so. */
  const sweep = (at: number): void => {
    if (at - sweptAt < (capacity / perSecond) * 1000) return;
    sweptAt = at;
    for (const [identity, account] of accounts) {
      if (grown(account, at) === capacity) accounts.delete(identity);
    }
  };

  return {
    spend(identity, cost) {
      const account = open(identity);
      const missing = cost - account.remaining;
      if (missing <= 0) account.remaining -= cost;
      const remaining = Math.floor(account.remaining);
      return { capacity, perSecond, remaining, waitMs: Math.max(0, Math.ceil((missing / perSecond) * 1000)) };
    },
    charge(identity, cost) {
      const account = open(identity);
      account.remaining = Math.max(0, account.remaining - cost);
    },
  };
}
