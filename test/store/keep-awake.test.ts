import { expect, test } from 'vitest';
import { breakSilence } from '../../src/store/connection/keep-awake.ts';

test('long work in a transaction says something before its session is ended for being idle', async () => {
  let now = 0;
  let ways = 0;
  const said: number[] = [];
  const giveWay = breakSilence(
    async () => void said.push(now),
    async () => void ways++,
    () => now,
  );
  for (now = 0; now <= 6_000; now += 500) await giveWay();
  expect(said).toEqual([1_500, 3_000, 4_500, 6_000]);
  expect(ways).toBe(13);
});
