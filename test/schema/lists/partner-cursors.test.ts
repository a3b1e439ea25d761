import { graphql, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../../src/app/access/rights.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { decodeCursor, encodeCursor } from '../../../src/events/cursor.ts';
import { createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';

let opened: OpenApp;
let programId: string;
let own: Rights;
let recorded = 0;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 5, 15) });
  programId = await createSmallProgram(opened.app);
  const [id = ''] = await enroll(opened.app, ['OWN', 'PEER']);
  own = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: id };
});
afterAll(() => opened.close());

/** Two changes of a partner. */
async function change(partner: string): Promise<void> {
  for (const amount of ['100', '-100']) {
    recorded += 1;
    const facts = [revenue(`${recorded}`, partner, amount, '2026-06-15')];
    granted(await recordFacts(opened.app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
  }
}

type Listed = { readonly cursor: string; readonly version: number };

async function ask(rights: Rights, source: string) {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  return JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue })));
}

async function endFor(rights: Rights): Promise<string> {
  return (await ask(rights, '{ program(code: "small") { cursor } }')).data.program.cursor;
}

async function listAfter(rights: Rights, cursor: string): Promise<readonly Listed[]> {
  const { data } = await ask(
    rights,
    `{ statusChanges(program: "small", after: "${cursor}") { nodes { cursor version } } }`,
  );
  return data.statusChanges.nodes;
}

/** The first events after a place, as somebody is told them: their types, and what checkpoints say. */
async function eventsAfter(rights: Rights, cursor: string, count: number): Promise<readonly unknown[]> {
  const events = await subscribe({
    schema,
    document: parse(
      `subscription { statusChanged(program: "small", after: "${cursor}") { __typename ... on Checkpoint { cursor caughtUp } ... on StatusChanged { cursor change { version } } } }`,
    ),
    contextValue: createContext({ ...opened, requestId: 'test', rights }),
  });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events.errors));
  const told: unknown[] = [];
  for (let index = 0; index < count; index++) told.push((await events.next()).value?.data?.statusChanged);
  await events.return?.();
  return JSON.parse(JSON.stringify(told));
}

test('no two texts of the end of the log tell a partner whether anything happened in between', async () => {
  promised(
    '`PARTNER`: Its cursors reveal neither where in the log they are nor whether anything else happened',
  );
  const texts = [await endFor(own), await endFor(own)];
  await change('PEER');
  texts.push(await endFor(own));
  expect(new Set(texts).size).toBe(3);
  expect(new Set(texts.map(({ length }) => length)).size).toBe(1);
  expect(texts.map(decodeCursor)).toEqual([null, null, null]);
  // To others it says where the log ends.
  expect(decodeCursor(await endFor(ALL_RIGHTS))?.position).toBe(opened.tail.head(programId).position);
});

test('from each of its cursors a partner goes on exactly', async () => {
  await change('PEER');
  const end = await endFor(own);
  await change('PEER');
  await change('OWN');
  await change('PEER');
  const listed = await listAfter(own, end);
  expect(listed.map(({ version }) => version)).toEqual([2, 3]);
  // An entry's text is the same wherever and whenever it is told.
  expect(await listAfter(own, end)).toEqual(listed);
  const [first] = listed;
  expect((await listAfter(own, first?.cursor ?? '')).map(({ version }) => version)).toEqual([3]);
  expect(await eventsAfter(own, end, 4)).toMatchObject([
    { __typename: 'Checkpoint', caughtUp: false },
    { change: { version: 2 }, cursor: first?.cursor },
    { change: { version: 3 } },
    { __typename: 'Checkpoint', caughtUp: true },
  ]);
});

test('checkpoints come to a partner alike, whether or not its peers changed', async () => {
  const quiet = await endFor(own);
  const whenQuiet = await eventsAfter(own, quiet, 2);
  await change('PEER');
  const whenBusy = await eventsAfter(own, quiet, 2);
  const shape = [{ caughtUp: false }, { caughtUp: true }];
  expect(whenQuiet).toMatchObject(shape);
  expect(whenBusy).toMatchObject(shape);
  const texts = [...whenQuiet, ...whenBusy].map((event) => (event as { cursor: string }).cursor);
  expect(new Set([quiet, ...texts]).size).toBe(5);
});

test('a partner cannot find positions out by cursors that it makes itself', async () => {
  const places = [
    encodeCursor({ programId, position: 1, check: '00000000' }),
    encodeCursor({ programId, position: 0, check: '' }),
    await endFor(ALL_RIGHTS),
    `${(await endFor(own)).slice(0, -2)}AA`,
  ];
  for (const cursor of places) {
    const { errors } = await ask(
      own,
      `{ statusChanges(program: "small", after: "${cursor}") { totalCount } }`,
    );
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'after' });
  }
});

test('who sees the whole log may go on from where a partner is', async () => {
  const end = await endFor(own);
  await change('PEER');
  expect(await listAfter(ALL_RIGHTS, end)).toHaveLength(2);
});
