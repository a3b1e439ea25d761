import type { Day } from '../../engine/values/day.ts';

/**
 * A specialization held, as the partner's row lists it: since its first day, until its first day without it.
 */
export type HeldSpecialization = { readonly code: string; readonly since: Day; readonly until: Day | null };
