import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { FEED_PARTNERS, RECORD_FEED_FACTS } from '../../src/demo/feed-documents.ts';
import { type GapProof, missingOf } from '../../src/demo/feed-gap.ts';

function area(code: string, sales: string[], design: string[]): GapProof {
  return {
    outcome: sales.length === 2 && design.length === 1 ? 'MET' : 'UNMET',
    specialization: { code },
    requirement: {
      slots: [
        { required: 2, persons: sales },
        { required: 1, persons: design },
      ],
    },
  };
}

describe('what the feed makes of a gap', () => {
  test('revenue short by an amount asks for revenue', () => {
    const proof = { outcome: 'UNMET', shortfall: '25000', actual: { path: '/measures/revenue' } };
    expect(missingOf(proof)).toEqual([{ type: 'REVENUE', euros: 25_000 }]);
  });

  test('a low average and too few answers ask for good answers', () => {
    const path = '/tiers/2/requirement/allOf/2/measure';
    expect(missingOf({ outcome: 'UNMET', shortfall: '0.2', actual: { path } })).toEqual([
      { type: 'SATISFACTION' },
    ]);
    expect(missingOf({ outcome: 'INSUFFICIENT_DATA', shortfall: null, actual: { path } })).toEqual([
      { type: 'SATISFACTION' },
    ]);
  });

  test('an unmet area asks for the credentials of its empty places', () => {
    expect(missingOf(area('VIDEO', ['a'], []))).toEqual([
      { type: 'CREDENTIAL', credential: 'VIDEO_SALES' },
      { type: 'CREDENTIAL', credential: 'VIDEO_DESIGN' },
    ]);
  });

  test('a choice of areas asks for as many as are missing, the nearest first, and nothing that is met', () => {
    const parts = [
      area('VIDEO', [], []),
      area('NETWORKING', ['a', 'b'], ['c']),
      area('CC_ENTERPRISE', ['a', 'b'], []),
    ];
    const choice = (needed: number): GapProof => ({
      outcome: 'UNMET',
      needed,
      met: 1,
      parts: parts.map((requirement) => ({ requirement })),
    });
    expect(missingOf(choice(2))).toEqual([{ type: 'CREDENTIAL', credential: 'CC_ENTERPRISE_DESIGN' }]);
    expect(missingOf(choice(3))).toHaveLength(4);
    expect(missingOf({ ...choice(1), outcome: 'MET' })).toEqual([]);
  });

  test('a requirement of another kind asks for nothing', () => {
    expect(missingOf({ outcome: 'UNMET' })).toEqual([]);
  });
});

test("the feed's documents fit the printed schema", () => {
  const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  for (const document of [FEED_PARTNERS, RECORD_FEED_FACTS]) {
    expect(validate(schema, parse(document))).toEqual([]);
  }
});
