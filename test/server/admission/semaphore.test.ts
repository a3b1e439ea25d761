import { expect, test } from 'vitest';
import { createSemaphore } from '../../../src/server/admission/semaphore.ts';

test('so many run at once, the others in their order, each in a later turn of the event loop', async () => {
  const semaphore = createSemaphore(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    semaphore.run(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      return number;
    }),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  expect([begun, semaphore.waiting]).toEqual([[0, 1], 2]);
  ends[1]?.();
  expect(await all[1]).toBe(1);
  expect(begun).toEqual([0, 1]);
  await turn();
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await turn();
  await turn();
  ends[3]?.();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
});

test('work that fails gives its place to the next', async () => {
  const semaphore = createSemaphore(1);
  const failing = semaphore.run(async () => {
    throw new Error('no');
  });
  const next = semaphore.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
