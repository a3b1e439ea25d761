import { afterEach, describe, expect, test } from 'vitest';
import { unauthenticated } from '../../../src/server/admission/authentication.ts';
import { limitSignIns, networkOf } from '../../../src/server/admission/limit-sign-ins.ts';
import type { Identify } from '../../../src/server/request/caller.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { promised } from '../../support/promised.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { byPost, WAYS_TO_ASK } from '../support/ways-to-ask.ts';

const LIMITS = { capacity: 3, perSecond: 0.5 };
const RATE_LIMITED = { extensions: { code: 'RATE_LIMITED', limit: 'failedSignIns' } };
const REFUSED = { extensions: { code: 'UNAUTHENTICATED' } };

let toy: ToyServer | null = null;
afterEach(async () => {
  await toy?.server.close();
  toy = null;
});

/** Lets in callers that show one of these. */
function createDoor(...keys: readonly string[]) {
  const tried: (string | null)[] = [];
  const identify: Identify = async (authorization) => {
    tried.push(authorization);
    if (authorization === 'outage') throw new Error('the database is away');
    if (authorization === null || !keys.includes(authorization)) throw unauthenticated('No.');
    return null;
  };
  return { identify, tried };
}

function createLimit(...keys: readonly string[]) {
  return createLimitOf(LIMITS, ...keys);
}

function createLimitOf(limits: typeof LIMITS, ...keys: readonly string[]) {
  let ms = 0;
  const { identify, tried } = createDoor(...keys);
  const limited = limitSignIns(identify, limits, () => ms);
  return {
    signIn: limited,
    tried,
    wait(seconds: number) {
      ms += seconds * 1000;
    },
  };
}

test('an address may be wrong so often, and once more after a time', async () => {
  const { signIn, tried, wait } = createLimit('good');
  for (const key of ['a', 'b', 'c']) await expect(signIn(key, '10.0.0.1')).rejects.toMatchObject(REFUSED);
  await expect(signIn('good', '10.0.0.1')).rejects.toMatchObject({
    message: 'Too many keys or tokens from this address were invalid: try again in 2 s.',
    ...RATE_LIMITED,
  });
  expect(tried).toEqual(['a', 'b', 'c']);
  await expect(signIn('d', '10.0.0.2')).rejects.toMatchObject(REFUSED);
  wait(2);
  expect(await signIn('good', '10.0.0.1')).toBeNull();
  await expect(signIn('e', '10.0.0.1')).rejects.toMatchObject(REFUSED);
  await expect(signIn('f', '10.0.0.1')).rejects.toMatchObject(RATE_LIMITED);
});

test('what was good before goes on, from whatever address, until it is no longer', async () => {
  promised('Keys and tokens that were valid before go on.');
  const keys = ['good'];
  const { identify } = createDoor();
  const limited = limitSignIns(
    async (authorization, address) =>
      keys.includes(authorization ?? '') ? null : identify(authorization, address),
    LIMITS,
    () => 0,
  );
  expect(await limited('good', '10.0.0.2')).toBeNull();
  for (const key of ['a', 'b', 'c']) await expect(limited(key, '10.0.0.1')).rejects.toMatchObject(REFUSED);
  expect(await limited('good', '10.0.0.1')).toBeNull();
  keys.pop();
  await expect(limited('good', '10.0.0.1')).rejects.toMatchObject(REFUSED);
  await expect(limited('good', '10.0.0.1')).rejects.toMatchObject(RATE_LIMITED);
});

test('an address may be wrong a hundred times, and once more each second', async () => {
  promised(
    'After a hundred invalid keys or tokens from one address, one more per second is checked, and the others are refused with 429.',
  );
  const { signIn, tried, wait } = createLimitOf(DEFAULT_LIMITS.failedSignIns);
  const wrong = async (expected: object) =>
    expect(signIn(`wrong ${tried.length}`, '10.0.0.1')).rejects.toMatchObject(expected);
  for (let index = 0; index < 100; index++) await wrong(REFUSED);
  await wrong(RATE_LIMITED);
  for (let second = 0; second < 3; second++) {
    wait(1);
    await wrong(REFUSED);
    await wrong(RATE_LIMITED);
  }
  expect(tried).toHaveLength(103);
  toy = await startToyServer({ identify: createDoor().identify });
  const statuses: number[] = [];
  for (let index = 0; index < 101; index++) {
    statuses.push((await byPost(toy.url, { query: '{ hello }' }, `Bearer ${index}`)).status);
  }
  expect(statuses).toEqual([...Array(100).fill(401), 429]);
});

test('what a request says of where it comes from is not believed', async () => {
  promised("The address is that of the connection: behind a proxy, the proxy's.");
  toy = await startToyServer({
    identify: createDoor().identify,
    limits: { ...DEFAULT_LIMITS, failedSignIns: LIMITS },
  });
  const statuses: number[] = [];
  for (let index = 0; index < 4; index++) {
    const from = `10.0.${index}.1`;
    const headers = {
      authorization: `Bearer ${index}`,
      'x-forwarded-for': from,
      forwarded: `for=${from}`,
      'x-real-ip': from,
    };
    statuses.push((await fetch(`${toy.url}/graphql?query={hello}`, { headers })).status);
  }
  expect(statuses).toEqual([401, 401, 401, 429]);
});

test('many at once are counted before any is found out', async () => {
  const { signIn, tried } = createLimit();
  const ends = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => signIn(`${index}`, '10.0.0.1')),
  );
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(50);
  expect(tried).toHaveLength(3);
});

test('nothing is counted for good ones, for none, and for an outage', async () => {
  const { signIn, tried } = createLimit('good', 'better');
  for (let round = 0; round < 10; round++) {
    for (const key of ['good', 'better']) await signIn(key, '10.0.0.1');
    await expect(signIn(null, '10.0.0.1')).rejects.toMatchObject(REFUSED);
    await expect(signIn('outage', '10.0.0.1')).rejects.toThrow('the database is away');
  }
  expect(tried).toHaveLength(40);
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

// An event stream is refused as any other request is, which a reader of events does not expect.
describe.each(WAYS_TO_ASK.filter(({ name }) => name !== 'SSE'))('by $name', ({ ask }) => {
  test('a server tells when to try again', async () => {
    const { identify } = createDoor('Bearer good');
    toy = await startToyServer({ identify, limits: { ...DEFAULT_LIMITS, failedSignIns: LIMITS } });
    const params = { query: '{ hello }' };
    expect((await ask(toy.url, params, 'Bearer good')).data).toEqual({ hello: 'world' });
    const answers = [];
    for (let index = 0; index < 4; index++) {
      answers.push(await ask(toy.url, params, `Bearer ${index}`));
    }
    const statuses = answers.map(({ status }) => status);
    if (statuses[0] === 4403) expect(statuses).toEqual([4403, 4403, 4403, 1013]);
    else {
      expect(statuses).toEqual([401, 401, 401, 429]);
      expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
      expect(answers[3]?.headers.get('retry-after')).toBe('2');
      expect(answers[3]?.errors).toMatchObject([RATE_LIMITED]);
      expect(answers[3]?.errors?.[0]?.extensions).not.toHaveProperty('http');
    }
    expect((await ask(toy.url, params, 'Bearer good')).data).toEqual({ hello: 'world' });
  });
});
