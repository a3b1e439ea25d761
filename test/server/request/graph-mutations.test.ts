import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import {
  certificate,
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../../support/fixtures.ts';
import { type LiveGraph, startLiveGraph, TRANSPORTS } from '../support/live-graph.ts';

let graph: LiveGraph;

beforeAll(async () => {
  graph = await startLiveGraph();
  await createSmallProgram(graph.app);
  const policy = { ...SMALL_RULEBOOK.policy, atRiskDays: 30 };
  await publish(graph.app, 'small', { ...SMALL_RULEBOOK, policy }, '2026-11-23');
  await enroll(graph.app, ['A', 'B']);
  const facts = [revenue('1', 'A', '1500', '2026-11-01'), revenue('2', 'B', '150', '2026-11-01')];
  granted(await recordFacts(graph.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
});

afterAll(() => graph.close());

/** Posts an operation; fails if the answer has errors. */
async function post(query: string, input: object): Promise<unknown> {
  const response = await fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0];
}

const AMEND = '__typename ... on AmendedFact { isDuplicate fact { version } } ... on Refusal { code }';
const CORRECT = `mutation ($input: CorrectFactInput!) { correctFact(input: $input) { ${AMEND} } }`;
const VOID = `mutation ($input: VoidFactInput!) { voidFact(input: $input) { ${AMEND} } }`;

// More than once each, so that the operations are also run as the server compiles them.
test('a client that sends a correction or a void again, as after a lost answer, changes nothing', async () => {
  const fact = {
    partner: 'B',
    occurredOn: '2026-11-01',
    detail: { revenue: { amount: '160', currency: 'EUR' } },
  };
  const correction = { program: 'small', source: 'crm', externalId: '2', expectedVersion: 1, fact };
  const corrected = { __typename: 'FactCorrected', fact: { version: 2 } };
  expect(await post(CORRECT, correction)).toEqual({ ...corrected, isDuplicate: false });
  for (let again = 0; again < 5; again++) {
    expect(await post(CORRECT, correction)).toEqual({ ...corrected, isDuplicate: true });
  }
  const voided = { program: 'small', source: 'crm', externalId: '2', expectedVersion: 2 };
  expect(await post(VOID, voided)).toEqual({
    __typename: 'FactVoided',
    isDuplicate: false,
    fact: { version: 3 },
  });
  for (let again = 0; again < 5; again++) {
    expect(await post(VOID, voided)).toMatchObject({ isDuplicate: true });
  }
  expect(await post(VOID, { ...voided, expectedVersion: 1 })).toEqual({
    __typename: 'VersionConflict',
    code: 'VERSION_CONFLICT',
  });
});

test.each(TRANSPORTS)('what is missing to keep a tier is pushed by $name', async ({ name, subscribe }) => {
  const query = `subscription { statusChanged(program: "small", filter: { types: [TIER_AT_RISK] }) {
    __typename ... on StatusChanged { change { partner { externalRef } ... on TierAtRisk { fallsOn missing { path } } } } } }`;
  const events = subscribe(graph.url, query, {});
  // The first event says that it follows the log.
  await events.next();
  // Each transport's expert is certified until another day, which comes nearer.
  const expiresOn = name === 'SSE' ? '2026-12-20' : '2026-12-10';
  const facts = [certificate(name, 'A', 'ann', '2026-01-01', expiresOn)];
  if (name !== 'SSE') {
    const sse = { program: 'small', source: 'crm', externalId: 'SSE', expectedVersion: 1 };
    expect(await post(VOID, sse)).toMatchObject({ __typename: 'FactVoided' });
  }
  granted(await recordFacts(graph.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  let { value } = await events.next();
  while (JSON.stringify(value).includes('"Checkpoint"')) ({ value } = await events.next());
  expect(value).toMatchObject({
    data: {
      statusChanged: {
        __typename: 'StatusChanged',
        change: {
          partner: { externalRef: 'A' },
          fallsOn: expiresOn,
          missing: [{ path: '/tiers/2/requirement/allOf/1' }],
        },
      },
    },
  });
  await events.return?.();
});
