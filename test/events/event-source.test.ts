import { expect, test } from 'vitest';
import { EventSource, type Receiver } from '../../src/events/event-source.ts';

/** Tells what it is handed to whoever has pulled. */
class Handed extends EventSource<string> {
  receiver: Receiver<string> | undefined;
  pulls = 0;
  isClosed = false;

  pull(receiver: Receiver<string>): void {
    this.pulls += 1;
    if (this.isClosed) receiver.finish();
    else this.receiver = receiver;
  }

  close(): void {
    this.isClosed = true;
    this.receiver?.finish();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as an iterator it is pulled once for each result, one after the other, however many are asked for at once', async () => {
  const source = new Handed();
  const results = [source.next(), source.next(), source.next()];
  for (const [index, event] of ['a', 'b'].entries()) {
    await nextTurn();
    expect(source.pulls).toBe(index + 1);
    source.receiver?.receive(event);
  }
  await nextTurn();
  await source.return();
  expect(await Promise.all(results)).toEqual([
    { done: false, value: 'a' },
    { done: false, value: 'b' },
    { done: true, value: undefined },
  ]);
  expect(await source.next()).toEqual({ done: true, value: undefined });
});

test('a failure is the result that it belongs to, and not of those after it', async () => {
  const source = new Handed();
  const failed = source.next().catch((error: unknown) => error);
  const after = source.next();
  await nextTurn();
  source.receiver?.fail(new Error('gone'));
  expect(await failed).toEqual(new Error('gone'));
  await nextTurn();
  source.receiver?.receive('a');
  expect(await after).toEqual({ done: false, value: 'a' });
});

test('leaving its loop closes it, as do throw and the end of a block that uses it', async () => {
  const left = new Handed();
  const loop = (async () => {
    for await (const event of left) return event;
  })();
  await nextTurn();
  left.receiver?.receive('a');
  expect([await loop, left.isClosed]).toEqual(['a', true]);

  const thrown = new Handed();
  await expect(thrown.throw(new Error('no more'))).rejects.toThrow('no more');
  expect(thrown.isClosed).toBe(true);

  const used = new Handed();
  {
    await using _events = used;
    expect(used.isClosed).toBe(false);
  }
  expect(used.isClosed).toBe(true);
});
