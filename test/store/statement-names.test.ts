import { expect, test } from 'vitest';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { createStatementNames } from '../../src/store/connection/statement-names.ts';
import { answer } from '../schema/ask.ts';
import { createSmallProgram, enroll, granted, revenue } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

test('a text has one name, a model has none, and when there are too many no other text gets one', () => {
  const nameOf = createStatementNames(2);
  expect(['SELECT 1', 'SELECT 2', 'SELECT 1'].map((sql) => nameOf({ sql }))).toEqual(['s1', 's2', 's1']);
  expect(nameOf({ sql: 'SELECT * FROM "public"."fact" WHERE "id" IN ($1)' })).toBe('');
  expect(['SELECT 3', 'SELECT 2'].map((sql) => nameOf({ sql }))).toEqual(['', 's2']);
});

test('texts do not depend on how many partners, facts or ids a statement is about', async () => {
  const nameOf = createStatementNames();
  const named = new Set<string>();
  const opened = await openTestApp({
    onStatement: (sql) => void named.add(nameOf({ sql })),
    pollEveryMs: 3_600_000,
  });
  const { app } = opened;
  await createSmallProgram(app);
  /** Writes and reads so many at once. */
  const work = async (count: number): Promise<void> => {
    const refs = Array.from({ length: count }, (_, index) => `of ${count}: ${index}`);
    await enroll(app, refs);
    const facts = refs.map((ref) => revenue(ref, ref, '1500', '2026-01-10'));
    granted(await recordFacts(app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
    const list = await answer(
      opened,
      `query ($first: Int) { partners(program: "small", filter: { search: "of ${count}" }, first: $first) { nodes {
        id facts { totalCount nodes { id } } statusChanges { totalCount nodes { id causes { id } } } affiliates { totalCount }
      } } }`,
      { first: count },
    );
    const ids = [...JSON.stringify(list).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(2 * count);
    await answer(opened, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids.slice(0, 100) });
  };
  await work(1);
  await work(2);
  const before = named.size;
  expect(before).toBeGreaterThan(20);
  for (const count of [3, 5, 17, 40]) await work(count);
  expect(named.size).toBe(before);
  await opened.close();
  // Of all that is done here, some fifty texts: a session keeps each.
  expect(before).toBeLessThan(100);
});
