import { describe, expect, test } from 'vitest';
import { parseRulebook, readPublishedRulebook } from '../../../src/engine/format/parse-rulebook.ts';
import { isObject } from '../../../src/engine/values/is-object.ts';
import { FORBIDDEN_INSIDE, INVISIBLE_ENDS } from '../../support/odd-texts.ts';
import { PROGRAM } from '../support/measuring.ts';

const name = { en: 'Name', de: 'Name' };
const where = [
  { field: 'attributes.area', in: ['Video', 'Networking'] },
  { field: 'credential', notIn: ['OLD'] },
  { field: 'attributes.level', atLeast: '3' },
];

/**
 * A document that has a text in every place where one can be, with a number for regions that have spaces in
 * their names.
 */
const DOCUMENT = {
  format: 1,
  note: 'Why',
  currencies: [{ from: '2020-01-01', equal: { EUR: '1', USD: '1.25' } }],
  measures: {
    revenue: { name, metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } } },
    hurdle: { name, constant: { default: '100', regions: { 'Asia Pacific': '50' } } },
    experts: {
      name,
      metric: {
        fact: 'certification',
        where,
        aggregate: 'DISTINCT',
        by: ['person', 'attributes.area'],
        window: { allTime: true },
      },
    },
  },
  tiers: [
    { code: 'BASE', name },
    { code: 'SILVER', name, requirement: { measure: 'revenue', unit: 'EUR', atLeast: '100' } },
    {
      code: 'GOLD',
      name,
      requirement: {
        allOf: [
          {
            measure: { ratio: { of: 'revenue', to: 'hurdle' } },
            above: { default: '1', regions: { DACH: '2' } },
          },
          { measure: 'experts', atLeast: '1' },
          { specialization: 'VIDEO' },
          {
            forEach: {
              dimension: 'region',
              where: { measure: 'revenue', above: '0' },
              need: 'ANY',
              body: { measure: 'revenue', atLeast: '1' },
            },
          },
        ],
      },
    },
  ],
  specializations: [
    {
      code: 'VIDEO',
      name,
      requirement: { persons: [{ name, count: 1, where: [{ field: 'credential', in: ['VIDEO'] }] }] },
    },
  ],
  policy: {
    promotion: { mode: 'AT_ONCE' },
    demotion: { mode: 'ON_REVIEW', review: { calendar: { daysOfYear: ['07-01'] } } },
  },
  remap: { OLD: 'GOLD' },
};

type Change = (text: string) => string;

/**
 * Every text of a value, its keys too, by its JSON pointer, with a maker of the value with another text
 * there.
 */
function textsIn(
  value: unknown,
  path = '',
): { path: string; key: boolean; with: (change: Change) => unknown }[] {
  if (typeof value === 'string') return [{ path, key: false, with: (change) => change(value) }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      textsIn(item, `${path}/${index}`).map((text) => ({
        ...text,
        with: (change: Change) => value.map((each, at) => (at === index ? text.with(change) : each)),
      })),
    );
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    {
      path: `${path}/${key}`,
      key: true,
      with: (change: Change) =>
        Object.fromEntries(
          Object.entries(value).map(([each, of]) => [each === key ? change(each) : each, of]),
        ),
    },
    ...textsIn(item, `${path}/${key}`).map((text) => ({
      ...text,
      with: (change: Change) => ({ ...value, [key]: text.with(change) }),
    })),
  ]);
}

/** The same value with another place in the document wherever it names this one, or one within it. */
function moved(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') {
    return value === from || value.startsWith(`${from}/`) ? `${to}${value.slice(from.length)}` : value;
  }
  if (Array.isArray(value)) return value.map((each) => moved(each, from, to));
  if (value instanceof Map)
    return new Map([...value].map((entry) => [moved(entry[0], from, to), moved(entry[1], from, to)]));
  if (value instanceof Set || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each, from, to)]));
}

const TEXTS = textsIn(DOCUMENT);
const read = parseRulebook(DOCUMENT, PROGRAM);

describe('rule 30: every text of a rulebook document', () => {
  test('is tried here', () => {
    expect(read).toMatchObject({ ok: true });
    expect(read).toMatchObject({ ok: true });
    expect(TEXTS.length).toBeGreaterThan(150);
  });

  test('means the same with what cannot be seen at its ends, or is refused in its place', () => {
    const same = new Set<string>();
    for (const { path, key, with: made } of TEXTS) {
      for (const [before, after] of INVISIBLE_ENDS) {
        const parsed = parseRulebook(
          made((text) => `${before}${text}${after}`),
          PROGRAM,
        );
        if (!parsed.ok) {
          expect(parsed.problems.length, path).toBeGreaterThan(0);
          continue;
        }
        // What people read is kept as it is written; everything else is what it was.
        const written = path.replace(/[^/]+$/, (last) => `${before}${last}${after}`);
        if (!/\/(note|en|de)$/.test(path))
          expect(parsed, path).toEqual(key ? moved(read, path, written) : read);
        if (!key) same.add(path.replace(/\/\d+(?=\/|$)/g, '/*'));
      }
    }
    for (const path of ['/tiers/*/code', '/tiers/*/name/en', '/tiers/*/requirement/measure', '/remap/OLD']) {
      expect(same).toContain(path);
    }
    expect([...same].filter((path) => /\/(in|notIn)\/\*$|\/field$/.test(path)).length).toBeGreaterThan(4);
  });

  test('is refused in its place with what cannot be stored or seen inside', () => {
    for (const { path, key, with: made } of TEXTS) {
      for (const [character, called] of FORBIDDEN_INSIDE) {
        const parsed = parseRulebook(
          made((text) => `${text.slice(0, 1)}${character}${text.slice(1)}x`),
          PROGRAM,
        );
        const forPeople = /\/(note|en|de)$/.test(path) && !key;
        if (parsed.ok) {
          // Names for people may hold what is not a control character or half of one.
          expect(forPeople, `${path} with ${called}`).toBe(true);
          expect(['U+0000', 'U+0007', 'U+D800']).not.toContain(called);
          continue;
        }
        // A name that is used elsewhere is also missed there.
        const parent = key ? '' : path.slice(0, path.lastIndexOf('/'));
        expect(
          parsed.problems.some((problem) => problem.path.startsWith(parent)),
          path,
        ).toBe(true);
      }
    }
  });

  test('of a published one stays readable, whatever is refused in new ones', () => {
    const old = { ...DOCUMENT, note: 'x'.repeat(3_000) };
    expect(parseRulebook(old, PROGRAM)).toMatchObject({ ok: false });
    expect(readPublishedRulebook(old, PROGRAM)).toMatchObject({ ok: true });
    const hidden = { format: 1, tiers: [{ code: 'BASE', name: { en: 'B\u0007', de: 'B' } }] };
    expect(parseRulebook(hidden, PROGRAM)).toMatchObject({
      ok: false,
      problems: [{ path: '/tiers/0/name/en' }],
    });
    expect(readPublishedRulebook(hidden, PROGRAM)).toMatchObject({ ok: true });
  });
});
