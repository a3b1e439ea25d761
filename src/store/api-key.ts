import type { Instant } from '../engine/day.ts';
import type { Session, Transaction } from './transaction.ts';

/** A key as it is kept: everything but its secret. */
export type ApiKeyRow = {
  readonly id: string;
  /** The public part by which it is found. */
  readonly prefix: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
  readonly name: string;
  readonly role: string;
  /** Ids. */
  readonly programs: 'ALL' | readonly string[];
  readonly partnerId: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
};

type StoredKey = Omit<ApiKeyRow, 'programs'> & {
  readonly programs: readonly string[];
  readonly allPrograms: boolean;
};

const toRow = ({ allPrograms, programs, ...rest }: StoredKey): ApiKeyRow => ({
  ...rest,
  programs: allPrograms ? 'ALL' : programs,
});

const SELECT = `SELECT k.id, k.prefix, encode(k.hash, 'hex') AS hash, k.name, k.role, k.programs, k.all_programs AS "allPrograms",
  k.partner_id AS "partnerId", floor(extract(epoch FROM k.created_at) * 1000)::float8 AS "createdAt",
  floor(extract(epoch FROM k.expires_at) * 1000)::float8 AS "expiresAt",
  floor(extract(epoch FROM k.revoked_at) * 1000)::float8 AS "revokedAt" FROM api_key k`;

/** The key with this public part, revoked and expired ones too. */
export const findApiKey = async (session: Session, prefix: string): Promise<ApiKeyRow | null> => {
  const [row] = await session.$queryRawUnsafe<StoredKey[]>(`${SELECT} WHERE k.prefix = $1`, prefix);
  return row === undefined ? null : toRow(row);
};

/** The key with this id. */
export const findApiKeyById = async (session: Session, id: string): Promise<ApiKeyRow | null> => {
  const [row] = await session.$queryRawUnsafe<StoredKey[]>(`${SELECT} WHERE k.id = $1::uuid`, id);
  return row === undefined ? null : toRow(row);
};

/** All keys, newest first. */
export const listApiKeys = async (session: Session): Promise<readonly ApiKeyRow[]> =>
  (await session.$queryRawUnsafe<StoredKey[]>(`${SELECT} ORDER BY k.created_at DESC, k.id DESC`)).map(toRow);

/** Adds a key. */
export const insertApiKey = async (tx: Transaction, key: ApiKeyRow): Promise<void> => {
  const programs = key.programs === 'ALL' ? [] : [...key.programs];
  await tx.$executeRaw`
    INSERT INTO api_key (id, prefix, hash, name, role, programs, all_programs, partner_id, created_at, expires_at)
    VALUES (${key.id}::uuid, ${key.prefix}, decode(${key.hash}, 'hex'), ${key.name}, ${key.role}, ${programs}::uuid[],
      ${key.programs === 'ALL'}, ${key.partnerId}::uuid, to_timestamp(${key.createdAt}::float8 / 1000.0),
      to_timestamp(${key.expiresAt}::float8 / 1000.0))`;
};

/** Ends a key for good; one that is revoked already keeps its time. */
export const markRevoked = async (tx: Transaction, id: string, at: Instant): Promise<void> => {
  await tx.$executeRaw`
    UPDATE api_key SET revoked_at = coalesce(revoked_at, to_timestamp(${at}::float8 / 1000.0)) WHERE id = ${id}::uuid`;
};
