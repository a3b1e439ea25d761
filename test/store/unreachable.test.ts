import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/connection/database.ts';
import { reasonOf } from '../../src/store/encoding/reason-of.ts';
import { freePort } from '../support/free-port.ts';

test('a database server that nobody runs is named as such', async () => {
  const url = `postgres://127.0.0.1:${await freePort()}/none`;
  await expect(openDatabase({ kind: 'server', url })).rejects.toThrow(
    /^The database of DATABASE_URL can't be used: connect ECONNREFUSED /,
  );
});

test('one that takes connections and says nothing is not waited for without end', async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const address = mute.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const url = `postgres://127.0.0.1:${port}/none`;
  await expect(openDatabase({ kind: 'server', url, answerWithinMs: 100 })).rejects.toThrow(
    "The database of DATABASE_URL can't be used: timeout expired",
  );
  for (const socket of sockets) socket.destroy();
  mute.close();
});

test('an error of several addresses says what each of them said', () => {
  const tried = [
    new Error('connect ECONNREFUSED ::1:5432'),
    new Error('connect ECONNREFUSED 127.0.0.1:5432'),
  ];
  expect(reasonOf(new AggregateError(tried))).toBe(
    'connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432',
  );
  expect(reasonOf(new Error('no such database'))).toBe('no such database');
});

test('what the file system of the embedded database throws, which is no error, is said in words', () => {
  const thrown = (errno: number) => ({ name: 'ErrnoError', errno });
  expect(reasonOf(thrown(51))).toBe('no space is left on the disk');
  expect(reasonOf(thrown(69))).toBe('the file system can only be read');
  expect(reasonOf(thrown(28))).toBe('ErrnoError 28');
});
