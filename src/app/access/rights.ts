import type { Instant } from '../../engine/values/day.ts';
import type { ReadScope } from '../../store/reading/read-scope.ts';
import type { Refused } from '../context/app.ts';

/**
 * ADMIN: everything. INGEST: brings facts and partners in. READER: reads everything. PARTNER: reads what is
 * one partner's own and its affiliates', and of the others only numbers of groups.
 */
export const ROLES = ['ADMIN', 'INGEST', 'READER', 'PARTNER'] as const;
export type Role = (typeof ROLES)[number];

/** What a caller may do, and where. Callers with equal rights see the same. */
export type RightsClass = {
  readonly role: Role;
  /** Ids of programmes. */
  readonly programs: 'ALL' | readonly string[];
  /** The id of the partner that it is, with the role PARTNER; otherwise null. */
  readonly partner: string | null;
};

/** What a caller may do, and who it is. */
export type Rights = RightsClass & {
  /** Who it is, for limits and the log: never a secret. */
  readonly identity: string;
  /** Null for rights that end only with the process. */
  readonly expiresAt: Instant | null;
};

/** All rights: those of tiergraph itself, and of every caller if authentication is switched off. */
export const ALL_RIGHTS: Rights = {
  role: 'ADMIN',
  programs: 'ALL',
  partner: null,
  identity: 'everybody',
  expiresAt: null,
};

/** The rights without who has them. */
export function classOf({ role, programs, partner }: RightsClass): RightsClass {
  return {
    role,
    programs,
    partner,
  };
}

/** What reads with these rights may see. */
export function scopeOf({ programs, partner }: RightsClass): ReadScope {
  return { programs, partner };
}

/** Whether rights reach a programme. */
export function reaches({ programs }: Pick<RightsClass, 'programs'>, programId: string): boolean {
  return programs === 'ALL' || programs.includes(programId);
}

/** Why a caller is not let in. */
export type Unauthenticated = Refused<'UNAUTHENTICATED'>;
