import type { Instant } from '../../engine/values/day.ts';
import type { DatabaseClient, Transaction } from '../connection/transaction.ts';
import { dateOfInstant, instantOfDate } from '../encoding/model-date.ts';
import type { ApiKeyRow } from '../reading/read-api-key.ts';

/** A key as it is kept: everything but its secret. */
export type KeptApiKey = ApiKeyRow & {
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
};

/** The key with this public part, revoked and expired ones too. */
export async function findApiKey(session: DatabaseClient, prefix: string): Promise<KeptApiKey | null> {
  const key = await session.apiKey.findUnique({ where: { prefix } });
  if (key === null) return null;
  const { allPrograms, programs, createdAt, expiresAt, revokedAt, hash, ...row } = key;
  return {
    ...row,
    programs: allPrograms ? 'ALL' : programs,
    createdAt: instantOfDate(createdAt),
    expiresAt: instantOfDate(expiresAt),
    revokedAt: revokedAt && instantOfDate(revokedAt),
    hash: Buffer.from(hash).toString('hex'),
  };
}

/** Adds a key. */
export async function insertApiKey(tx: Transaction, key: KeptApiKey): Promise<void> {
  const { programs, createdAt, expiresAt, revokedAt, hash, ...row } = key;
  await tx.apiKey.create({
    data: {
      ...row,
      allPrograms: programs === 'ALL',
      programs: programs === 'ALL' ? [] : [...programs],
      createdAt: dateOfInstant(createdAt),
      expiresAt: dateOfInstant(expiresAt),
      revokedAt: revokedAt === null ? null : dateOfInstant(revokedAt),
      hash: Buffer.from(hash, 'hex'),
    },
  });
}

/** Ends a key for good; one that is revoked already keeps its time. */
export async function markRevoked(tx: Transaction, id: string, at: Instant): Promise<void> {
  await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: dateOfInstant(at) } });
}
