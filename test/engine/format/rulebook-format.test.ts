import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { rulebookSchema } from '../../../src/engine/format/rulebook-schema.ts';
import { isValid } from '../support/json-schema.ts';
import { documentFor, PROGRAM } from '../support/measuring.ts';

const page = readFileSync(new URL('../../../docs/rulebook-format.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json (\w+)\n([\s\S]*?)```/g)].map(([, kind = '', text = '']) => ({
  kind,
  value: JSON.parse(text) as unknown,
}));

const GOLD = { measure: { constant: '1' }, atLeast: '1' };
const S = { code: 'S', name: { en: 'S', de: 'S' }, requirement: GOLD };

/** A whole document around an example. */
function around(kind: string, value: unknown): readonly unknown[] {
  switch (kind) {
    case 'document':
      return [value];
    case 'requirement':
      return [documentFor(value, { specializations: [S] })];
    case 'measure':
      return [documentFor({ measure: value, atLeast: '1' })];
    case 'windows':
      if (!Array.isArray(value)) throw new Error('a list of windows');
      return value.flatMap((window: unknown) =>
        around('measure', { metric: { fact: 'revenue', aggregate: 'SUM', window } }),
      );
    case 'windows2':
    case 'measure2':
    case 'requirement2':
    case 'policy2':
      return around(kind.slice(0, -1), value).map((document) => ({ ...Object(document), format: 2 }));
    case 'policy':
    case 'transition':
      return [documentFor(GOLD, { [kind]: value })];
    default:
      throw new Error(`an example of no kind: ${kind}`);
  }
}

describe('the page about rulebook documents', () => {
  it('has examples', () => {
    expect(examples.length).toBe(31);
  });

  it.each(examples)(
    'has an example of a $kind that the reader and the schema accept: $value',
    ({ kind, value }) => {
      for (const document of around(kind, value)) {
        expect(parseRulebook(document, PROGRAM)).toMatchObject({ ok: true });
        expect(isValid(document, rulebookSchema)).toBe(true);
      }
    },
  );
});
