import { describe, expect, test } from 'vitest';
import { createFeedServer } from '../../src/demo/feed-server.ts';

const FACTS = [
  {
    externalId: 'FEED-1',
    partner: 'P-00001',
    occurredOn: '2026-11-23',
    detail: { revenue: { amount: '10', currency: 'EUR' } },
  },
];
const RECORDED = {
  data: {
    recordFacts: { __typename: 'FactsRecorded', rows: [{ __typename: 'RowRecorded' }], statusChanges: [] },
  },
};

/** A feed's server whose answers are given: a body, a body with its HTTP status, or a failure to connect. */
function setUp(answers: readonly (object | [number, object] | Error)[]) {
  const sent: { query: string; variables: Record<string, unknown> }[] = [];
  const pauses: number[] = [];
  const reasons: string[] = [];
  const server = createFeedServer({
    url: 'http://127.0.0.1:4000/graphql',
    async fetch(_url, init) {
      const answer = answers[sent.length];
      if (typeof init?.body !== 'string' || answer === undefined) throw new Error('unexpected request');
      sent.push(JSON.parse(init.body));
      if (answer instanceof Error) throw answer;
      return Array.isArray(answer) ? Response.json(answer[1], { status: answer[0] }) : Response.json(answer);
    },
    wait: async (milliseconds) => void pauses.push(milliseconds),
    onAway: (reason) => void reasons.push(reason),
  });
  return { server, sent, pauses, reasons };
}

describe('the server as the feed sees it', () => {
  test('is asked again, longer and longer apart, with the same facts, while it is away', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const { server, sent, pauses, reasons } = setUp([
      ...Array(5).fill(refused),
      [503, {}],
      {
        errors: [{ message: 'Something failed.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
        data: null,
      },
      RECORDED,
    ]);
    expect(await server.record('feed', FACTS)).toEqual({ recorded: 1, changes: [], refusals: [] });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(reasons).toEqual([...Array(5).fill('connect ECONNREFUSED'), 'HTTP 503', 'Something failed.']);
    expect(new Set(sent.map((request) => JSON.stringify(request))).size).toBe(1);
    expect(sent[0]?.variables).toEqual({
      input: { program: 'connect', source: 'feed', facts: FACTS, onError: 'SKIP_ROW' },
    });
  });

  test('is asked again when it says TryAgain', async () => {
    const tryAgain = { data: { recordFacts: { __typename: 'TryAgain', message: 'Busy.' } } };
    const { server, pauses, reasons } = setUp([tryAgain, tryAgain, RECORDED]);
    expect(await server.record('feed', FACTS)).toEqual({ recorded: 1, changes: [], refusals: [] });
    expect([pauses, reasons]).toEqual([
      [500, 1_000],
      ['Busy.', 'Busy.'],
    ]);
  });

  test('counts recorded and duplicate rows, and names refused ones and changes', async () => {
    const { server } = setUp([
      {
        data: {
          recordFacts: {
            __typename: 'FactsRecorded',
            rows: [
              { __typename: 'RowRecorded' },
              { __typename: 'RowDuplicate' },
              { __typename: 'RowRejected', message: 'No such partner.' },
            ],
            statusChanges: [{ partner: { externalRef: 'P-00001' }, explanation: 'Rose to Gold.' }],
          },
        },
      },
    ]);
    expect(await server.record('feed', FACTS)).toEqual({
      recorded: 2,
      changes: ['P-00001: Rose to Gold.'],
      refusals: ['No such partner.'],
    });
  });

  test('is not asked again when it refuses or finds the question wrong', async () => {
    const refusal = setUp([
      { data: { recordFacts: { __typename: 'ProgramNotFound', message: 'There is no programme connect.' } } },
    ]);
    await expect(refusal.server.record('feed', FACTS)).rejects.toThrow('There is no programme connect.');
    const badInput = setUp([
      [400, { errors: [{ message: 'Bad input.', extensions: { code: 'BAD_USER_INPUT' } }] }],
    ]);
    await expect(badInput.server.record('feed', FACTS)).rejects.toThrow('answered 400: Bad input.');
    expect([refusal.pauses, badInput.pauses]).toEqual([[], []]);
  });
});
