import { expect, test } from 'vitest';
import { schema } from '../../../schema/index.ts';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';

const documents = createDocuments({
  schema,
  limits: DEFAULT_LIMITS,
  trusted: { texts: new Map(), only: false },
});

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const prepared = documents.prepare({ text, id: null, operationName: null, variables });
  if (!prepared.ok) throw new Error(prepared.errors.join('\n'));
  return prepared.operation.cost({ sources: {}, coerced: variables }, () => []);
}

function ofEachPartner(fields: string): string {
  return `{ partners(program: "connect", first: 100) { nodes { ${fields} } } }`;
}
function aliases(count: number, field: string): string {
  return Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
}

test('a page of 100 partners with their present standing and proof is far from the limit', () => {
  const fields = 'tier { code } standing { proof { outcome requirement { explanation } } }';
  expect(costOf(ofEachPartner(fields))).toBeLessThan(DEFAULT_LIMITS.cost / 10);
});

test.each([
  ['100 partners on ten other days', ofEachPartner(aliases(10, 'standing(on: "2026-01-01") { on }'))],
  [
    '100 partners as known ten times',
    ofEachPartner(aliases(10, 'standing(knownAt: "2026-01-01T00:00:00Z") { on }')),
  ],
  [
    '100 histories as known five times',
    ofEachPartner(aliases(5, 'history(knownAt: "2026-01-01T00:00:00Z") { totalCount }')),
  ],
  [
    'a rulebook ten times for each of 100 partners',
    ofEachPartner(`standing { rulebook { ${aliases(10, 'document')} } }`),
  ],
])('%s: more than an operation may cost', (_, text) => {
  expect(costOf(text)).toBeGreaterThan(DEFAULT_LIMITS.cost);
});

test.each([
  [
    '100 lists that find nothing',
    `{ ${aliases(100, 'partners(program: "connect", first: 0, filter: { search: "x" }) { totalCount }')} }`,
  ],
  [
    '100 logs that show nothing',
    `{ ${aliases(100, 'statusChanges(program: "connect", first: 0, filter: { tiers: ["X"] }) { totalCount }')} }`,
  ],
  ['100 lists of keys that show none', `{ ${aliases(100, 'apiKeys(first: 0) { totalCount }')} }`],
  [
    'the distribution on 50 days',
    `{ program(code: "connect") { ${aliases(50, 'distribution(on: "2026-01-01") { count }')} } }`,
  ],
  ['the format of rulebooks 100 times', `{ program(code: "connect") { ${aliases(100, 'rulebookSchema')} } }`],
])('%s: a good part of what an operation may cost', (_, text) => {
  expect(costOf(text)).toBeGreaterThanOrEqual(DEFAULT_LIMITS.cost / 10);
});

test('a batch of 1,000 facts costs what its rows are asked for', () => {
  const record = (fields: string): number =>
    costOf(
      `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded { rows { ${fields} } } } }`,
      { input: { facts: Array.from({ length: 1_000 }, () => ({})) } },
    );
  expect(record('__typename')).toBeLessThan(DEFAULT_LIMITS.cost / 10);
  expect(
    record('... on RowDuplicate { fact { partner { program { rulebook { document } } } } }'),
  ).toBeGreaterThan(DEFAULT_LIMITS.cost);
});
