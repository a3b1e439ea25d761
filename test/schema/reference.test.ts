import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { reference } from '../../schema/reference.ts';

const SCHEMA = buildSchema(`
  type Query {
    "One partner | or null."
    partner("Which one." id: ID!, "How." how: [How!] = [FAST]): Partner
  }
  "Has an id."
  interface Node { "Opaque." id: ID! }
  """
  A member
  of a programme.
  """
  type Partner implements Node {
    "Opaque."
    id: ID!
    "Its name."
    name("In which language." locale: String = "en"): String! @deprecated(reason: "Use \`id\`. Goes on 2027-06-01.")
  }
  "Whatever is found."
  union Found = Partner
  "How to look."
  enum How { "At once." FAST "Later." SLOW @deprecated(reason: "Goes on 2027-06-01.") }
  "Which one."
  input Locator @oneOf { "By id." id: ID "By name." name: String }
  "A day."
  scalar Day @specifiedBy(url: "https://scalars.graphql.org/andimarek/local-date")
`);

test('every piece has its place, its meaning, and links to what it leads to', () => {
  const page = reference(SCHEMA);
  expect(page).toContain('## Queries\n\n[query partner](#query-partner)\n\n### query partner\n');
  expect(page).toContain(`### query partner

One partner | or null.

Gives [Partner](#partner).

| argument | type | meaning |
|---|---|---|
| \`how\` | [[How](#how)!] = \`[FAST]\` | How. |
| \`id\` | [ID](#id)! | Which one. |
`);
  expect(page).toContain(`### Partner

A member
of a programme.

Implements [Node](#node).

Member of [Found](#found).

| field | type | meaning |
|---|---|---|
| \`id\` | [ID](#id)! | Opaque. |
| \`name\` | [String](#string)! | Its name. **Deprecated.** Use \`id\`. Goes on 2027-06-01. |
| ↳ \`locale\` | [String](#string) = \`"en"\` | In which language. |
`);
  expect(page).toContain('### Node\n\nHas an id.\n\nImplemented by [Partner](#partner).\n\n| field');
  expect(page).toContain('### Found\n\nWhatever is found.\n\nOne of [Partner](#partner).\n');
  expect(page).toContain('| `SLOW` | Later. **Deprecated.** Goes on 2027-06-01. |\n');
  expect(page).toContain(
    '### Locator\n\nWhich one.\n\nExactly one of the fields has to be given.\n\n| field',
  );
  expect(page).toContain('Specified at <https://scalars.graphql.org/andimarek/local-date>.\n');
  expect(page).not.toContain('## Mutations');
});

test('every link leads to a heading', () => {
  const page = reference(SCHEMA);
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text.toLowerCase().replaceAll(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.filter((anchor) => !headings.includes(anchor ?? ''))).toEqual([]);
});
