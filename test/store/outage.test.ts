import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/connection/database.ts';
import { isOutage, OutcomeUnknown } from '../../src/store/connection/outage.ts';
import { inTransaction, isContention } from '../../src/store/connection/transaction.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';

function coded(code: string): Error {
  return Object.assign(new Error('no'), { code });
}
/** As Prisma hands on what the driver threw. */
function wrapped(code: string): Error {
  return Object.assign(new Error('Raw query failed.'), {
    code: 'P2010',
    meta: {
      driverAdapterError: Object.assign(new Error('postgres'), {
        cause: { originalCode: code, kind: 'postgres', code },
      }),
    },
  });
}

describe('an outage', () => {
  test.each([
    ...['08000', '08001', '08003', '08004', '08006', '08007', '08P01'],
    ...['53000', '53100', '53200', '53300', '53400'],
    ...['57P01', '57P02', '57P03', '57P04', '57P05', '25006', '25P03', '25P04'],
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
    ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'],
  ])('%s passes', (code) => {
    expect([isOutage(coded(code)), isOutage(wrapped(code)), isContention(wrapped(code))]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('%s passes', (message) => {
    expect(isOutage(new Error('wrapped', { cause: new Error(message) }))).toBe(true);
  });

  test.each(['23505', '42P01', '22P02', 'P2002', 'P2010', 'ENOENT', 'ERR_INVALID_ARG_TYPE'])(
    '%s is none',
    (code) => {
      expect([isOutage(coded(code)), isContention(coded(code))]).toEqual([false, false]);
    },
  );

  test.each(['40001', '40P01', '55P03', 'P2028', 'P2034'])('%s is none, but passes too', (code) => {
    expect([isOutage(coded(code)), isContention(coded(code))]).toEqual([false, true]);
  });
});

describe('a transaction whose connection is lost', () => {
  /** A database whose transactions fail before or after their work. */
  const failing = (error: Error): Database => ({
    prisma: {
      $transaction: async (work: (tx: unknown) => Promise<unknown>) => {
        await work({});
        throw error;
      },
    } as unknown as Database['prisma'],
    exclusive: false,
    close: async () => {},
  });

  test('while it is committed may have been committed', async () => {
    const lost = await inTransaction(failing(coded('ECONNRESET')), async () => 1).catch(
      (error: unknown) => error,
    );
    expect(lost).toBeInstanceOf(OutcomeUnknown);
    expect([isOutage(lost), isContention(lost)]).toEqual([false, false]);
  });

  test('before that was not', async () => {
    const lost = inTransaction(failing(coded('unused')), () => Promise.reject(coded('ECONNRESET')));
    const error = await lost.catch((each: unknown) => each);
    expect(error).not.toBeInstanceOf(OutcomeUnknown);
    expect(isContention(error)).toBe(true);
  });
});

test('a migration that fails says why, and where', async () => {
  const folder = new URL('../../prisma/migrations/', import.meta.url);
  const session = {
    execute: async (sql: string) => {
      if (!sql.includes('CREATE TYPE')) return;
      throw Object.assign(new Error('type "rulebook_state" already exists'), { position: '30' });
    },
    query: async () => [],
  };
  await expect(migrate(session, folder)).rejects.toThrow(
    'The migration 20261123000000_first failed: type "rulebook_state" already exists (line 2)',
  );
});
