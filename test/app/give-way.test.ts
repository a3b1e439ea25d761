import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGiveWay } from '../../src/app/context/give-way.ts';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { BATCH_SIZE, eachBatch } from '../../src/store/encoding/batches.ts';
import { createSmallProgram, day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

/** A clock and turns that go on when they are told to. */
function createTurns() {
  let now = 0;
  let waiting: (() => void)[] = [];
  return {
    scheduler: { now: () => now, nextTurn: (run: () => void) => void waiting.push(run) },
    pass(ms: number) {
      now += ms;
    },
    /** What waited runs, and what follows from it; what comes to wait meanwhile waits for the next turn. */
    async next() {
      const due = waiting;
      waiting = [];
      for (const run of due) {
        run();
        for (let hop = 0; hop < 10; hop++) await Promise.resolve();
      }
    },
  };
}

describe('work gives way', () => {
  test('once it has gone on for 10 ms, until the next turn', async () => {
    const turns = createTurns();
    const giveWay = createGiveWay(turns.scheduler);
    const done: number[] = [];
    const work = (async () => {
      for (let step = 1; step <= 6; step++) {
        await giveWay();
        turns.pass(4);
        done.push(step);
      }
    })();
    for (let hop = 0; hop < 50; hop++) await Promise.resolve();
    expect(done).toEqual([1, 2, 3]);
    await turns.next();
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    await work;
  });

  test('in turn, if there is much of it at once: no two long steps follow each other in one turn', async () => {
    const turns = createTurns();
    const giveWay = createGiveWay(turns.scheduler);
    const done: number[] = [];
    const all = [1, 2, 3, 4].map(async (piece) => {
      await giveWay();
      turns.pass(30);
      done.push(piece);
    });
    for (let hop = 0; hop < 50; hop++) await Promise.resolve();
    const seen = [done.length];
    while (done.length < 4) {
      await turns.next();
      seen.push(done.length);
    }
    await Promise.all(all);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('in batches that become as small as many facts make them', async () => {
    const sizesFor = async (facts: number, weights: (item: number) => number = () => 0) => {
      const sizes: number[] = [];
      await eachBatch(
        Array.from({ length: 120 }, (_, index) => index),
        async (batch) => {
          sizes.push(batch.length);
          return batch.length * facts;
        },
        weights,
      );
      return sizes;
    };
    expect(await sizesFor(10)).toEqual([4, 50, 50, 16]);
    expect((await sizesFor(1_000)).slice(0, 3)).toEqual([4, 2, 2]);
    expect((await sizesFor(5_000)).slice(0, 3)).toEqual([4, 1, 1]);
    // What is known before counts at once.
    expect((await sizesFor(10, (item) => (item < 60 ? 0 : 1_000))).slice(0, 4)).toEqual([4, 50, 8, 2]);
  });
});

type Sent = { readonly sql: string; readonly values: string; readonly turn: number };

describe('on the embedded database', () => {
  const PARTNERS = 2 * BATCH_SIZE + 20;
  const refs = Array.from({ length: PARTNERS }, (_, index) => `P${String(index).padStart(3, '0')}`);
  const sent: Sent[] = [];
  let steps = 0;
  let turn = 0;
  let now = Date.UTC(2026, 10, 23, 12);
  let opened: Awaited<ReturnType<typeof openTestApp>>;

  beforeAll(async () => {
    opened = await openTestApp({
      clock: () => now,
      pollEveryMs: 3_600_000,
      onStatement: (sql, values) => void sent.push({ sql, values, turn }),
      giveWay: async () => void steps++,
    });
    await opened.judge.stop();
    await createSmallProgram(opened.app);
  });
  afterAll(() => opened.close());

  /** The most rows that a statement was sent, each value being an array or the JSON of one. */
  const mostRows = (): number =>
    Math.max(
      ...sent.flatMap(({ values }) =>
        (JSON.parse(values) as unknown[]).map((value) => {
          const rows = typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : value;
          return Array.isArray(rows) ? rows.length : 1;
        }),
      ),
    );

  /** The most statements that were sent in one turn of the event loop, while something is done. */
  const mostInOneTurn = async (work: () => Promise<unknown>): Promise<number> => {
    let running = true;
    const count = (): void => {
      turn++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    await work();
    running = false;
    const own = sent.filter(({ sql }) => !sql.startsWith('--'));
    return Math.max(
      ...Map.groupBy(own, (each) => each.turn)
        .values()
        .map(({ length }) => length),
    );
  };

  const partner = (externalRef: string) => ({
    ...{ externalRef, name: externalRef, country: 'DE', region: 'DACH', parent: null },
    enrolledOn: day('2020-01-01'),
  });
  const fact = (ref: string) => revenue(`f ${ref}`, ref, '150', '2026-11-01');

  test.each<[string, () => Promise<object>]>([
    ['an enrolment', () => enrollPartners(opened.app, { program: 'small', partners: refs.map(partner) })],
    [
      'a batch of facts',
      () =>
        recordFacts(opened.app, {
          program: 'small',
          source: 's',
          facts: refs.map(fact),
          onError: 'REJECT_ALL',
        }),
    ],
    [
      'what a day makes due',
      async () => {
        now = Date.UTC(2027, 10, 2, 12);
        expect(await judgeDue(opened.app)).toBe(PARTNERS);
        return {};
      },
    ],
    [
      'what a rulebook makes due',
      async () => {
        await publish(opened.app, 'small', SMALL_RULEBOOK, '2027-12-01');
        expect(await judgeDue(opened.app)).toBe(PARTNERS);
        return {};
      },
    ],
  ])(
    '%s takes statements of at most 50 rows, each in a turn of its own, and asks between partners',
    async (_, work) => {
      sent.length = 0;
      steps = 0;
      const most = await mostInOneTurn(async () => granted(await work()));
      expect(mostRows()).toBeLessThanOrEqual(BATCH_SIZE);
      // The last one of a transaction, and one that waited for its end.
      expect(most).toBeLessThanOrEqual(2);
      expect(sent.length).toBeGreaterThan(PARTNERS / BATCH_SIZE);
      expect(steps).toBeGreaterThanOrEqual(2 * PARTNERS);
    },
  );

  test('judging one partner gives way on each day on which a number changes', async () => {
    const DAYS = 60;
    const stepsOver = async (ref: string, dayOf: (index: number) => number): Promise<number> => {
      granted(await enrollPartners(opened.app, { program: 'small', partners: [partner(ref)] }));
      const ofDay = (index: number) => revenue(`${ref} ${index}`, ref, '1', formatDay(dayOf(index)));
      const facts = Array.from({ length: DAYS }, (_, index) => ofDay(index));
      steps = 0;
      granted(
        await recordFacts(opened.app, { program: 'small', source: 'long', facts, onError: 'REJECT_ALL' }),
      );
      return steps;
    };
    const onOneDay = await stepsOver('SHORT', () => day('2026-01-01'));
    const onManyDays = await stepsOver('LONG', (index) => day('2026-01-01') + index);
    expect(onManyDays - onOneDay).toBeGreaterThanOrEqual(DAYS - 1);
  });
});
