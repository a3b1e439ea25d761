import { builder } from './builder.ts';
import type { SpecializationSource } from './rulebook-source.ts';

/**
 * The type Specialization, apart from its fields: requirements lead to specializations, and specializations
 * to them.
 */
export const Specialization = builder.objectRef<SpecializationSource>('Specialization');
