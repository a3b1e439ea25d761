import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutate } from './support/ask.ts';
import { DATABASES, type ObservedServer, startObservedServer } from './support/observed-server.ts';

// Documents of one programme's ADMIN that would hold up all programmes.

function text(en: string) {
  return { en, de: en };
}
const REVENUE = { metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } } };
const BASE = { code: 'BASE', name: text('Base') };
function gold(requirement: unknown) {
  return { code: 'GOLD', name: text('Gold'), requirement };
}
const POLICY = { promotion: { mode: 'AT_ONCE' }, demotion: { mode: 'AT_ONCE', step: 'WHOLE' } };
function rulebook(parts: object) {
  return {
    format: 1,
    tiers: [BASE, gold({ measure: REVENUE, atLeast: '1' })],
    policy: POLICY,
    ...parts,
  };
}

function chain(depth: number, link: (before: string) => unknown, first: unknown = REVENUE) {
  return Object.fromEntries(
    Array.from({ length: depth + 1 }, (_, index) => [
      `m${index}`,
      index === 0 ? first : link(`m${index - 1}`),
    ]),
  );
}
function doubling(operator: string) {
  return (before: string) => ({ [operator]: [before, before] });
}
function last(depth: number) {
  return [BASE, gold({ measure: `m${depth}`, atLeast: '1' })];
}

const UNFOLDING: Readonly<Record<string, object>> = {
  'sums that double 20 times': { measures: chain(20, doubling('sum')), tiers: last(20) },
  'sums that double 32 times': { measures: chain(32, doubling('sum')), tiers: last(32) },
  'sums that double 200 times': { measures: chain(200, doubling('sum')), tiers: last(200) },
  'minima that double 32 times': { measures: chain(32, doubling('minimum')), tiers: last(32) },
  'ratios that double 32 times': {
    measures: chain(32, (before) => ({ ratio: { of: before, to: before } })),
    tiers: last(32),
  },
  'points that nest 3,000 times': {
    measures: chain(3_000, (before) => ({ points: { of: before, linear: { points: '1', per: '1' } } })),
    tiers: last(3_000),
  },
  'a sum of one measure 100,000 times': {
    measures: { m0: REVENUE, m1: { sum: Array.from({ length: 100_000 }, () => 'm0') } },
    tiers: last(1),
  },
  'sums of sums, 300 times 300 times 300': {
    measures: chain(3, (before) => ({ sum: Array.from({ length: 300 }, () => before) })),
    tiers: last(3),
  },
  'specializations that double': {
    specializations: Array.from({ length: 32 }, (_, index) => ({
      code: `S${index}`,
      name: text(`S${index}`),
      requirement:
        index === 0
          ? { measure: REVENUE, atLeast: '1' }
          : { allOf: [{ specialization: `S${index - 1}` }, { specialization: `S${index - 1}` }] },
    })),
    tiers: [BASE, gold({ allOf: Array.from({ length: 100 }, () => ({ specialization: 'S31' })) })],
  },
  '2,000 tiers': {
    tiers: [
      BASE,
      ...Array.from({ length: 2_000 }, (_, index) => ({
        code: `T${index}`,
        name: text(`T${index}`),
        requirement: { measure: REVENUE, atLeast: String(index + 1) },
      })),
    ],
  },
  '2,000 requirements in 200 tiers that share a measure': {
    measures: { revenue: REVENUE },
    tiers: [
      BASE,
      ...Array.from({ length: 200 }, (_, index) => ({
        code: `T${index}`,
        name: text(`T${index}`),
        requirement: {
          anyOf: Array.from({ length: 10 }, (_, part) => ({ measure: 'revenue', atLeast: String(part) })),
        },
      })),
    ],
  },
  '70,000 days of the year': {
    policy: {
      ...POLICY,
      demotion: {
        mode: 'ON_REVIEW',
        step: 'WHOLE',
        review: { calendar: { daysOfYear: Array.from({ length: 70_000 }, () => '03-31') } },
      },
    },
  },
  'a list of 50,000 texts': {
    tiers: [
      BASE,
      gold({
        measure: {
          metric: {
            fact: 'certification',
            aggregate: 'COUNT',
            window: { allTime: true },
            where: [{ field: 'credential', in: Array.from({ length: 50_000 }, (_, index) => `C${index}`) }],
          },
        },
        atLeast: '1',
      }),
    ],
  },
  'a name of 500,000 letters': { tiers: [{ code: 'BASE', name: text('a'.repeat(500_000)) }] },
  'nested 1,000 deep': {
    tiers: [
      BASE,
      gold(
        Array.from({ length: 1_000 }).reduce<unknown>((inner) => ({ allOf: [inner] }), {
          measure: REVENUE,
          atLeast: '1',
        }),
      ),
    ],
  },
  '20,000 misspelt keys': Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index]),
  ),
  'a wrong value of 300,000 letters': { policy: 'x'.repeat(300_000) },
  '10,000 conversion tables': {
    currencies: Array.from({ length: 10_000 }, (_, index) => ({
      from: new Date(Date.UTC(1990, 0, 1 + index)).toISOString().slice(0, 10),
      equal: { EUR: '1', USD: '1.25' },
    })),
  },
};

describe.each(DATABASES)('on %s', (database) => {
  let server: ObservedServer;
  beforeAll(async () => {
    server = await startObservedServer(database);
  }, 180_000);
  afterAll(() => server?.remove());

  test.each(Object.keys(UNFOLDING))('%s', async (name) => {
    const result = await server.withstand(() =>
      mutate(
        server,
        'saveRulebookDraft',
        { program: 'connect', document: rulebook(UNFOLDING[name] ?? {}) },
        '... on RulebookInvalid { problems { path message } }',
      ),
    );
    // A refusal that names what is too large, short, or a document that costs no more than any other.
    expect(['RulebookInvalid', 'RulebookDraftSaved', 'Error']).toContain(result.__typename);
    if (result.__typename === 'Error') expect(['LIMIT_EXCEEDED', 'BAD_USER_INPUT']).toContain(result.code);
    expect(result.bytes).toBeLessThan(50_000);
  });

  test('drafts of 500 kB, one after the other, and keys made beside them', async () => {
    const measures = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `measure${index}`,
        { name: text('n'.repeat(150)), ...REVENUE },
      ]),
    );
    await server.withstand(async () => {
      for (let round = 0; round < 10; round++) {
        await mutate(server, 'saveRulebookDraft', { program: 'connect', document: rulebook({ measures }) });
        await mutate(server, 'createApiKey', { name: `key ${round}`, role: 'READER', programs: ['connect'] });
      }
    });
  });
});
