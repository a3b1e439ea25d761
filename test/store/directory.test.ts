import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDirectory } from '../../src/store/directory.ts';
import { createSmallProgram } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let statements: string[] = [];

beforeAll(async () => {
  opened = await openTestApp({ onStatement: (sql) => statements.push(sql) });
  // Nobody but the tests is to ask.
  await opened.judge.stop();
});
afterAll(() => opened.close());

test('what another process just made is found at once, however many ask for it and for what is not there', async () => {
  statements = [];
  const elsewhere = createDirectory(opened.app.database);
  expect([...(await elsewhere.current()).byCode.keys()]).toEqual([]);
  const id = await createSmallProgram(opened.app);
  // Memory is trusted for a while: without being asked for what it lacks it says what it knew.
  expect([...(await elsewhere.current()).byCode.keys()]).toEqual([]);

  statements = [];
  const codes = ['small', ...Array.from({ length: 50 }, (_, index) => `none-${index}`)];
  const found = await Promise.all(codes.map((code) => elsewhere.find('code', code)));
  expect(found.map((program) => program?.id)).toEqual([id, ...Array.from({ length: 50 }, () => undefined)]);
  // The epoch, and what it stands for.
  expect(statements).toHaveLength(2);

  statements = [];
  expect((await elsewhere.find('id', id))?.code).toBe('small');
  expect(statements).toEqual([]);
});

test('a check that began before something was made does not answer for who came after it', async () => {
  const elsewhere = createDirectory(opened.app.database);
  statements = [];
  const early = elsewhere.find('code', 'late');
  const id = await createSmallProgram(opened.app, 'late');
  expect((await elsewhere.find('code', 'late'))?.id).toBe(id);
  await early;
});
