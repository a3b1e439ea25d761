import type { PartnerRow } from '../../src/store/reading/read-partner.ts';
import { builder } from './builder.ts';

/**
 * The type Partner, apart from its fields: facts, standings and changes lead to partners, and partners to
 * them.
 */
export const Partner = builder.objectRef<PartnerRow>('Partner');
