import type { AnyRequest, Random } from './any-request.ts';

/** Spoils a request here and there, so that most are no longer right. */
export function spoil({ query, variables }: AnyRequest, random: Random): AnyRequest {
  const at = (length: number): number => Math.floor(random() * length);
  let text = query;
  for (let count = at(4); count >= 0; count--) {
    const place = at(text.length);
    const rest = text.slice(place);
    const end = place + at(12);
    switch (at(7)) {
      case 0:
        text = text.slice(0, place) + text.slice(end);
        break;
      case 1:
        text = text.slice(0, place) + (SCRAPS[at(SCRAPS.length)] ?? '') + rest;
        break;
      case 2:
        text = text.slice(0, place) + text.slice(place, end).repeat(1 + at(30)) + text.slice(end);
        break;
      case 3:
        text = text.replace(/a\d+: /g, '');
        break;
      case 4:
        text = text.replace(/\b[a-z]\w+\b/g, (name) => (random() < 0.03 ? `${name}x` : name));
        break;
      case 5:
        text = text.replace(/\d+/g, (digits) => (random() < 0.2 ? `${digits}9999999999` : digits));
        break;
      default:
        break;
    }
  }
  const spoiled = Object.entries(variables).map(([name, value]) => [
    name,
    random() < 0.3 ? HOSTILE_VALUES[at(HOSTILE_VALUES.length)] : value,
  ]);
  return { query: text, variables: Object.fromEntries(spoiled) };
}

const SCRAPS = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '$',
  '!',
  '@',
  '...',
  ':',
  '"',
  '"""',
  '#',
  '&',
  '|',
  '\u0000',
  '\ufeff',
  '\ud800',
  '🤷',
  '@skip(if: true) ',
  '@include(if: $no) ',
  '__typename ',
  '__schema { types { fields { type { name } } } } ',
  '...F0 ',
  'fragment F0 on Query { ...F0 } ',
  'query Q { __typename } ',
  'null ',
  '-0 ',
  '1e999 ',
  '"\\u{10FFFF}" ',
  '"\\uD800" ',
  'first: 100000000 ',
  '__proto__: __typename ',
  'constructor ',
  'subscription { __typename } ',
  'extend type Query { a: Int } ',
  '"__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(process.exit(1))" ',
];

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  2 ** 53 + 2,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(100_000),
  [],
  {},
  [[[[]]]],
  [null],
  { __proto__: null, constructor: 1 },
  JSON.parse('{"__proto__":{"a":1}}'),
  JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
  Array.from({ length: 20_000 }, () => 0),
];
