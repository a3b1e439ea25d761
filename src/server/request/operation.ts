import type { Variables } from './document-values.ts';
import type { PreparedOperation } from './documents.ts';

/** An operation that may be executed. */
export type Operation = {
  readonly prepared: PreparedOperation;
  /** As they were sent; they are known to be right. */
  readonly rawVariables: Readonly<Record<string, unknown>>;
  /** Coerced. */
  readonly variables: Variables;
  readonly cost: CostReport;
};

/** What is told about the cost of an operation. */
export type CostReport = {
  readonly requested: number;
  readonly maximum: number;
  /** What reading the request cost besides, see `Costs`. */
  readonly reading: number;
  /** Null for a caller without a budget. */
  readonly balance: Balance | null;
};

/** What is left of a caller's budget after something was paid from it. */
export type Balance = {
  readonly capacity: number;
  readonly perSecond: number;
  readonly remaining: number;
  /** How long to wait until there is enough, in milliseconds; 0 if it was paid. */
  readonly waitMs: number;
};
