import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './support/ask.ts';
import { type ObservedServer, startObservedServer } from './support/observed-server.ts';

// Documents and variables that cost the server more to read than the client to send.

let server: ObservedServer;
beforeAll(async () => {
  server = await startObservedServer('PostgreSQL');
}, 180_000);
afterAll(() => server?.remove());

function repeat(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

type Attack = readonly [query: string, variables?: Readonly<Record<string, unknown>>];

/** `seed` makes each round's document a new one, so that nothing is remembered from the one before. */
const ATTACKS: Readonly<Record<string, (seed: number) => Attack>> = {
  'a string of 1 MB': (seed) => [`{ program(code: "${seed}${'x'.repeat(1_000_000)}") { code } }`],
  'a block string of 1 MB in lines': (seed) => [
    `{ program(code: """${seed}${'\n x'.repeat(330_000)}""") { code } }`,
  ],
  'a comment of 1 MB': (seed) => [`# ${seed}${'x'.repeat(1_000_000)}\n{ __typename }`],
  'white space of 1 MB': (seed) => [`{ __typename ${' '.repeat(1_000_000 + seed)} }`],
  'a name of 1 MB': (seed) => [`{ a${seed}${'x'.repeat(1_000_000)} }`],
  'a number of 1 MB': (seed) => [
    `{ partners(program: "connect", first: ${seed + 1}${'0'.repeat(1_000_000)}) { nodes { id } } }`,
  ],
  'an escape of 1 MB': (seed) => [`{ program(code: "${seed}${'\\u0041'.repeat(160_000)}") { code } }`],
  '90 aliases that are left out': (seed) => [
    `{ ${repeat(90, (index) => `a${seed}_${index}: partners(program: "connect", first: 100) @include(if: false) { nodes { standing { proof { requirement { explanation } } } } }`)} }`,
  ],
  '90 aliases of one field with many arguments': (seed) => [
    `{ ${repeat(90, (index) => `a${seed}_${index}: partner(by: { ref: { program: "connect", externalRef: "${index}" } }) { id }`)} }`,
  ],
  '2,000 unused fragments': (seed) => [
    `{ __typename } ${repeat(600, (index) => `fragment F${seed}_${index} on Query { __typename }`)}`,
  ],
  '2,000 variables': (seed) => [
    `query (${repeat(1_200, (index) => `$v${seed}_${index}: Int`)}) { __typename }`,
    Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`v${seed}_${index}`, index])),
  ],
  'variables of 1 MB that nothing uses': (seed) => [
    '{ __typename }',
    { seed, unused: 'x'.repeat(1_000_000) },
  ],
  '300,000 variables that nothing declares': (seed) => [
    '{ __typename }',
    Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`${seed}${index}`, 1])),
  ],
  'fields that conflict': (seed) => [
    `{ ${repeat(900, (index) => `x${seed}: program(code: "${index}") { code }`)} }`,
  ],
  'fields that could conflict': (seed) => [
    `{ program(code: "connect") { ${repeat(900, () => 'code name timeZone')} } a${seed}: __typename }`,
  ],
  'fragments that spread one another': (seed) => [
    `{ ...F0 } ${repeat(200, (index) => `fragment F${index} on Query { x${seed}: __typename ${repeat(3, (step) => `...F${Math.min(200, index + step + 1)}`)} }`)} fragment F200 on Query { __typename }`,
  ],
  '4,000 unknown fields': (seed) => [`{ ${repeat(900, (index) => `partnerz${seed}${index}`)} }`],
  'an answer of many pages': (seed) => [
    `query Q${seed} { partners(program: "connect", first: 100) { nodes { id name affiliates(first: 50) { nodes { id name tier { name } } } } } }`,
  ],
  'standings with all proofs': (seed) => [
    `query Q${seed} { partners(program: "connect", first: 20) { nodes { standing { proof { tier { name } requirement { explanation ... on CompositeProof { parts { requirement { explanation } } } } } } } } }`,
  ],
  'a search for one letter, in a hundred aliases': (seed) => [
    `query Q${seed} { ${repeat(40, (index) => `a${index}: partners(program: "connect", first: 5, filter: { search: "a" }) { totalCount nodes { id } }`)} }`,
  ],
};

test.each(Object.keys(ATTACKS))('%s', async (name) => {
  const attack = ATTACKS[name];
  if (attack === undefined) throw new Error('There is no such attack.');
  await server.withstand(async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { status, errors } = await ask(server, ...attack(seed));
      expect(status).toBeLessThan(500);
      for (const { extensions } of errors ?? []) {
        expect(extensions?.code).toBeTypeOf('string');
        expect(extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
      }
    }
  });
});
