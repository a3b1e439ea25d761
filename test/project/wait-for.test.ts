import { expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';

test('waits until a condition gives something, through errors, and gives it back', async () => {
  const answers = [null, undefined, false, new Error('not yet'), 0];
  const result = await waitFor(() => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  expect(result).toBe(0);
  expect(answers).toEqual([]);
});

test('gives up with the last error as the cause', async () => {
  const failing = waitFor(() => Promise.reject(new Error('refused')), { timeoutMs: 5, what: 'a server' });
  await expect(failing).rejects.toMatchObject({
    message: 'waited 5 ms in vain for a server',
    cause: new Error('refused'),
  });
});
