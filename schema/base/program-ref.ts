import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { builder } from './builder.ts';

/**
 * The type Program, apart from its fields: rulebooks, partners and keys lead to programmes, and programmes to
 * them.
 */
export const Program = builder.objectRef<ProgramRecord>('Program');
