import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Identify } from '../request/caller.ts';
import type { Limits } from '../settings/limits.ts';

/** How many addresses and valid credentials are remembered. */
const REMEMBERED = 10_000;

type Account = { remaining: number; at: number };

/**
 * Limits how often callers of one address try invalid keys and tokens. Beyond the limit only credentials that
 * were valid before are checked, so that one caller cannot lock out others behind the same address. `now` is
 * a clock in milliseconds that never goes back.
 */
export function limitSignIns(
  identify: Identify,
  { capacity, perSecond }: Limits['failedSignIns'],
  now: () => number,
): Identify {
  const accounts = new LRUCache<string, Account>({ max: REMEMBERED });
  const good = new LRUCache<string, true>({ max: REMEMBERED });

  const accountOf = (network: string): Account => {
    const at = now();
    const account = accounts.get(network) ?? { remaining: capacity, at };
    account.remaining = Math.min(capacity, account.remaining + ((at - account.at) * perSecond) / 1000);
    account.at = at;
    accounts.set(network, account);
    return account;
  };

  return async (authorization, address) => {
    // A caller without credentials is refused without a check.
    if (authorization === null) return identify(authorization, address);
    const id = createHash('sha256').update(authorization).digest('base64url');
    const account = good.has(id) ? null : accountOf(networkOf(address));
    if (account !== null) {
      if (account.remaining < 1) throw tooManySignIns((1 - account.remaining) / perSecond);
      // Taken first: many may be tried at once.
      account.remaining -= 1;
    }
    try {
      const session = await identify(authorization, address);
      good.set(id, true);
      if (account !== null) account.remaining += 1;
      return session;
    } catch (error) {
      good.delete(id);
      if (account !== null && !isRefusal(error)) account.remaining += 1;
      throw error;
    }
  };
}

/** The address; for IPv6 the network of one site, which has any number of addresses. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const heads = head === '' ? [] : head.split(':');
  if (tail === undefined) return heads.slice(0, 4).join(':');
  const tails = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - heads.length - tails.length)).fill('0');
  return [...heads, ...zeros, ...tails].slice(0, 4).join(':');
}

function isRefusal(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions.code === 'UNAUTHENTICATED';
}

function tooManySignIns(seconds: number): GraphQLError {
  const retryAfter = String(Math.ceil(seconds));
  return new GraphQLError(
    `Too many keys or tokens from this address were invalid: try again in ${retryAfter} s.`,
    {
      extensions: {
        code: 'RATE_LIMITED',
        limit: 'failedSignIns',
        http: { status: 429, headers: { 'retry-after': retryAfter } },
      },
    },
  );
}
