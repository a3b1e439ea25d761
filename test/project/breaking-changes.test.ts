import { readFile } from 'node:fs/promises';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { breakingChanges, openDeprecations } from './support/breaking-changes.ts';

const TODAY = new Date().toISOString().slice(0, 10);

test('nothing breaks the clients of the last release', async () => {
  const released = await readFile(new URL('../../schema/released.graphql', import.meta.url), 'utf8');
  // Locale takes any language tag now. As a scalar it takes EN and DE still, as names and as strings.
  const wider = 'Locale: ';
  const broken = await breakingChanges(buildSchema(released), schema, TODAY);
  expect(broken.filter((line) => !line.startsWith(wider))).toEqual([]);
});

test('whatever is deprecated says when it goes', () => {
  expect(openDeprecations(schema)).toEqual([]);
});

const RELEASED = `
  type Query {
    partner(id: ID!, by: String): Partner
    partners(tier: Tier): [Partner!]!
    answer(of: Input): Answer
    old: Old @deprecated(reason: "Use \`partner\`. Goes on 2027-06-01.")
    forgotten: Int @deprecated(reason: "Use \`partner\`.")
  }
  interface Node { id: ID! }
  type Partner implements Node { id: ID! name: String! }
  type Program implements Node { id: ID! }
  type Old { id: ID! }
  type Yes { text: String }
  type No { text: String }
  union Answer = Yes | No
  enum Tier { SILVER GOLD }
  input Input { text: String }
`;

function changed(...replacements: [from: string, to: string][]) {
  return buildSchema(replacements.reduce((sdl, [from, to]) => sdl.replace(from, to), RELEASED));
}
function broken(today: string, ...replacements: [from: string, to: string][]) {
  return breakingChanges(buildSchema(RELEASED), changed(...replacements), today);
}

test.each<[what: string, from: string, to: string, coordinate: string]>([
  ['a field that is gone', 'name: String!', '', 'Partner.name'],
  ['a field that may be null now', 'name: String!', 'name: String', 'Partner.name'],
  ['a list whose entries may be null now', '[Partner!]!', '[Partner]!', 'Query.partners'],
  ['an argument that is gone', ', by: String', '', 'Query.partner.by'],
  ['an argument that has to be given now', 'by: String', 'by: String!', 'Query.partner.by'],
  ['a new argument that has to be given', '(tier: Tier)', '(tier: Tier, page: Int!)', 'Query.partners.page'],
  ['an input field that has to be given now', 'Input { text: String', 'Input { text: String!', 'Input.text'],
  ['a new input field that has to be given', 'Input { text', 'Input { day: Int! text', 'Input.day'],
  ['an enum value that is gone', 'SILVER GOLD', 'GOLD', 'Tier.SILVER'],
  ['a member of a union that is gone', 'Yes | No', 'Yes', 'Answer'],
  ['an interface that is gone', 'Partner implements Node', 'Partner', 'Partner'],
  [
    'a type that clients tell apart and that is gone',
    'type Program implements Node { id: ID! }',
    '',
    'Program',
  ],
])('%s breaks', async (_, from, to, coordinate) => {
  const found = await broken('2030-01-01', [from, to]);
  expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual([coordinate]);
});

test.each<[what: string, from: string, to: string]>([
  ['a new field', 'name: String!', 'name: String! country: String'],
  ['a field that is never null any more', 'tier: Tier): [Partner!]!', 'tier: Tier, first: Int): [Partner!]!'],
  ['a new enum value', 'SILVER GOLD', 'SILVER GOLD PLATINUM'],
  [
    'a new member of a union',
    'union Answer = Yes | No',
    'type Maybe { text: String } union Answer = Yes | No | Maybe',
  ],
  ['a deprecation', 'name: String!', 'name: String! @deprecated(reason: "Goes on 2027-06-01.")'],
])('%s breaks nothing', async (_, from, to) => {
  expect(await broken('2026-11-23', [from, to])).toEqual([]);
});

test('what was announced may go on its day and not before, with the types that only it leads to', async () => {
  const old: [string, string] = [/old: .*/.exec(RELEASED)?.[0] ?? '', ''];
  const type: [string, string] = ['type Old { id: ID! }', ''];
  expect(await broken('2027-05-31', old, type)).toEqual([expect.stringMatching(/^Query\.old: /)]);
  expect(await broken('2027-06-01', old, type)).toEqual([]);
  const forgotten: [string, string] = [/forgotten: .*/.exec(RELEASED)?.[0] ?? '', ''];
  expect(await broken('2099-01-01', forgotten)).toEqual([expect.stringMatching(/^Query\.forgotten: /)]);
  expect(openDeprecations(buildSchema(RELEASED))).toEqual(['Query.forgotten']);
});
