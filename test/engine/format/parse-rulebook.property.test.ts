import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { parseRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { isObject } from '../../../src/engine/values/is-object.ts';
import odoo from '../fixtures/odoo-v11.json' with { type: 'json' };
import { checkProperty } from '../support/check-property.ts';
import { judgeOn, PROGRAM, partnerWith } from '../support/measuring.ts';
import { document } from '../support/refusals.ts';

describe('reading a rulebook document', () => {
  it('never throws: any value anywhere is either refused with a path, or makes a rulebook that can judge', () => {
    const sources: readonly unknown[] = [
      document(),
      odoo,
      ...connectRulebooks('2026-11-23').map((each) => each.document),
    ];
    const anyValue = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        'revenue',
        'users',
        '1',
        '-1',
        'ALL',
        0,
        1,
        -1,
        [],
        {},
        null,
        '__proto__',
        'constructor',
      ),
    );
    const changed = fc
      .constantFrom(...sources)
      .chain((source) =>
        fc.tuple(
          fc.constant(source),
          fc.constantFrom(...pathsOf(source)),
          anyValue,
          fc.constantFrom('SET', 'ADD'),
        ),
      );
    checkProperty(
      fc.property(changed, ([source, path, value, how]) => {
        const broken = withValue(source, how === 'SET' ? path : [...path, 'extra'], value);
        const result = parseRulebook(broken, PROGRAM);
        if (result.ok)
          expect(judgeOn(partnerWith([]), result.rulebook, '2026-06-30').computedTier).toBeTypeOf('string');
        else {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const problem of result.problems) expect(problem.path).toMatch(/^(\/([^~/]|~[01])*)*$/);
        }
      }),
      'any document',
    );
  });
});

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  const inside = Array.isArray(value) ? Object.entries(value) : isObject(value) ? Object.entries(value) : [];
  return [path, ...inside.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

function withValue(source: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(source)) {
    return source.map((each: unknown, index) =>
      String(index) === key ? withValue(each, rest, value) : each,
    );
  }
  if (!isObject(source)) return source;
  return { ...source, [key]: withValue(source[key], rest, value) };
}
