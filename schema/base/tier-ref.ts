import { builder } from './builder.ts';
import type { TierSource } from './rulebook-source.ts';

/**
 * The type Tier, apart from its fields: tiers lead to requirements, and requirements to tiers that were held.
 */
export const Tier = builder.objectRef<TierSource>('Tier');
