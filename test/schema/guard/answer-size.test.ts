import fc from 'fast-check';
import {
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SizesOfRulebook, sizesOf } from '../../../schema/guard/answer-size.ts';
import { findAnswerSizes, SIZED_TYPES } from '../../../schema/guard/answer-sizes.ts';
import { schema } from '../../../schema/index.ts';
import { createProgram } from '../../../src/app/writing/create-program.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { CONNECT_SETTINGS } from '../../demo/support/partner-case.ts';
import hubspot from '../../engine/fixtures/hubspot-points-2024.json' with { type: 'json' };
import odoo from '../../engine/fixtures/odoo-v11.json' with { type: 'json' };
import { PROGRAM, rulebookOf } from '../../engine/support/measuring.ts';
import { doublingMeasures, doublingSpecializations } from '../../engine/support/unfolding.ts';
import { enroll, granted, publish, revenue } from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';
import { answer } from '../ask.ts';

const name = { en: 'Name', de: 'Name' };
function perArea(body: unknown) {
  return {
    forEach: {
      dimension: 'attributes.area',
      where: { measure: 'm0', atLeast: '1' },
      need: 'ALL',
      body,
    },
  };
}
/** Everything that a proof can have, used in several places. */
const MIXED = {
  format: 1,
  measures: doublingMeasures(4),
  specializations: doublingSpecializations(3),
  tiers: [
    { code: 'BASE', name },
    ...Array.from({ length: 12 }, (_, rank) => ({
      code: `T${rank}`,
      name,
      requirement: {
        atLeast: 2,
        mandatory: [
          perArea({ anyOf: [{ measure: 'm3', atLeast: '1000000' }, { persons: [{ name, count: 2 }] }] }),
        ],
        of: [
          { specialization: 'S3' },
          {
            measure: { points: { of: 'm4', linear: { points: '1', per: { default: '1' }.default } } },
            atLeast: { default: '9', regions: { DACH: '8', APAC: '7' } },
          },
          { allOf: [{ specialization: 'S2' }, { allOf: [{ specialization: 'S1' }] }] },
        ],
      },
    })),
  ],
};
const PROGRAMS: Readonly<Record<string, unknown>> = {
  mixed: MIXED,
  odoo,
  hubspot,
  connect: connectRulebooks('2026-11-23').at(-1)?.document,
};

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  for (const [code, document] of Object.entries(PROGRAMS)) {
    granted(
      await createProgram(opened.app, {
        code,
        name: code,
        timeZone: 'UTC',
        currency: 'EUR',
        fiscalYearFirstMonth: 10,
        satisfactionScale: { minimum: '0', maximum: code === 'connect' ? '100' : '10' },
        measurementKinds: PROGRAM.measurementKinds,
      }),
    );
    const { remap: _, transition: __, ...rest } = Object(document);
    await publish(opened.app, code, rest, '2020-01-01');
    await enroll(opened.app, ['A'], code);
  }
  await recordFacts(opened.app, {
    program: 'mixed',
    source: 's',
    onError: 'SKIP_ROW',
    facts: ['X', 'Y', 'Z'].map((area) => ({
      ...revenue(`F${area}`, 'A', '500', '2026-06-01'),
      detail: {
        type: 'revenue',
        amount: '500',
        currency: 'EUR',
        attributes: [{ name: 'area', value: area }],
      },
    })),
  });
});
afterAll(() => opened.close());

const documents = createDocuments({
  schema,
  limits: DEFAULT_LIMITS,
  trusted: { texts: new Map(), only: false },
  sizedTypes: SIZED_TYPES,
});

function costOf(text: string): number {
  const prepared = documents.prepare({ text, id: null, operationName: null, variables: {} });
  if (!prepared.ok) throw new Error(prepared.errors.join('\n'));
  return prepared.operation.cost({ sources: {}, coerced: {} }, findAnswerSizes(opened.app.catalogue, 'ALL'));
}

/** How many objects an answer has, the answer itself left out. */
function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + objectsIn(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce((sum: number, each) => sum + objectsIn(each), 0);
}

function partner(program: string, fields: string): string {
  return `{ partner(by: { ref: { program: "${program}", externalRef: "A" } }) { ${fields} } }`;
}

function nested(levels: number): string {
  return levels === 0
    ? 'outcome'
    : `outcome ... on CompositeProof { parts { requirement { ${nested(levels - 1)} } } }`;
}

test('five composites within one another, of one partner, cost what its rulebook has', () => {
  const proof = (program: string) =>
    costOf(partner(program, `standing { proof { requirement { ${nested(5)} } } }`));
  expect({ connect: proof('connect'), odoo: proof('odoo'), mixed: proof('mixed') }).toEqual({
    connect: 63,
    odoo: 25,
    mixed: 195,
  });
  // Of a programme that is not there nothing is known.
  expect(proof('none')).toBe(39_062);
});

// What says who is asked about and pages, which have a price of their own, are left out.
const LEFT_OUT =
  /^(partner|program|document|counted|excluded|judging|cursor|rulebookSchema|rulebooks|withdrawnRulebooks|rulebookDrafts)$/;

/** Any selection of a type, as deep as that; what has objects is always among it where there is room. */
function anySelection(type: GraphQLNamedType, depth: number): fc.Arbitrary<string> {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const fields = isCompositeType(type) && 'getFields' in type ? Object.values(type.getFields()) : [];
  const objects = fields.filter(
    (field) =>
      isCompositeType(getNamedType(field.type)) &&
      !LEFT_OUT.test(field.name) &&
      !(type.name === 'OverProof' && field.name === 'items') &&
      !field.args.some(isRequiredArgument),
  );
  if (depth === 0 || (objects.length === 0 && possible.length === 0)) return fc.constant('__typename');
  const some = fc
    .subarray(objects, { minLength: Math.min(1, objects.length), maxLength: Math.min(2, objects.length) })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((field) =>
          anySelection(getNamedType(field.type), depth - 1).map((inner) => `${field.name} { ${inner} }`),
        ),
      ),
    );
  const fragments = possible.map((object) =>
    anySelection(object, depth).map((inner) => `... on ${object.name} { ${inner} }`),
  );
  return fc
    .tuple(some, fc.tuple(...fragments))
    .map(([own, conditional]) => ['__typename', ...own, ...conditional].join(' '));
}

test('no answer has more objects than it is priced at, whatever is asked of a standing and of rules', async () => {
  const standing = schema.getType('Standing');
  const rulebook = schema.getType('Rulebook');
  if (!isObjectType(standing) || !isObjectType(rulebook)) throw new Error('no such types');
  const asked = fc.tuple(
    fc.constantFrom(...Object.keys(PROGRAMS)),
    // Of the deepest most are too large to be asked at all.
    fc.oneof(
      ...[4, 5, 6, 7].flatMap((depth) => [
        anySelection(standing, depth).map((selection) => `standing { ${selection} }`),
        anySelection(rulebook, depth).map((selection) => `standing { rulebook { ${selection} } }`),
      ]),
    ),
  );
  let dearest = 0;
  let largest = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ([program, fields]) => {
      const text = partner(program, fields);
      const prepared = documents.prepare({ text, id: null, operationName: null, variables: {} });
      // Too large to be executed at all.
      if (!prepared.ok) return;
      const price = costOf(text);
      if (price > DEFAULT_LIMITS.cost) return;
      const objects = objectsIn(await answer(opened, text)) - 1;
      largest = Math.max(largest, objects);
      dearest = Math.max(dearest, price);
      expect(objects).toBeLessThanOrEqual(price);
    }),
    { numRuns: 80 },
  );
  // Something was asked at all.
  expect(largest).toBeGreaterThan(10);
  expect(dearest).toBeGreaterThan(10);
});

test(
  promised(
    'Lists whose length a rulebook decides, such as its tiers or the parts of a proof, are priced by the dearest rulebook of the programme, with ten items for each forEach.',
  ),
  async () => {
    const tiers = (count: number, requirement: unknown) => [
      { code: 'BASE', name },
      ...Array.from({ length: count }, (_, rank) => ({ code: `T${rank}`, name, requirement })),
    ];
    const simple = { measure: 'm0', atLeast: '1' };
    const base = { format: 1, measures: doublingMeasures(0), specializations: [] };
    const settings = {
      code: 'dearest',
      name: 'D',
      timeZone: 'UTC',
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
    };
    const satisfactionScale = { minimum: '0', maximum: '10' };
    granted(await createProgram(opened.app, { ...settings, satisfactionScale, measurementKinds: [] }));
    const price = (fields: string) => costOf(partner('dearest', fields));
    await publish(opened.app, 'dearest', { ...base, tiers: tiers(1, perArea(simple)) }, '2020-01-01');
    await opened.app.catalogue.current();
    expect(price('standing { proof { outcome } }')).toBe(1 + 1 + 2);
    const items = price('standing { proof { requirement { ... on ForEachProof { items { item } } } } }');
    const without = price('standing { proof { requirement { ... on ForEachProof { dimension } } } }');
    expect(items - without).toBe(10);
    await publish(opened.app, 'dearest', { ...base, tiers: tiers(7, simple) }, '2027-01-01');
    await opened.app.catalogue.current();
    // The partner, its standing, and a proof for each of eight tiers, though two are in force.
    expect(price('standing { proof { outcome } }')).toBe(1 + 1 + 8);
  },
);

test('rulebooks that may be valid beside one another are each counted once', () => {
  const [before, after] = connectRulebooks('2026-11-23').map(({ document }) =>
    rulebookOf(document, CONNECT_SETTINGS),
  );
  if (before === undefined || after === undefined) throw new Error('the demo has two rulebooks');
  const [one, other] = [sizesOf(before, [before, after]), sizesOf(after, [before, after])];
  const alternatives = ({ Standing: [standing] }: SizesOfRulebook) => standing?.fields.alternatives;
  expect(alternatives(one)).toEqual({ oneOf: [expect.anything(), expect.anything()] });
  const shared = (sizes: SizesOfRulebook) => {
    const found = alternatives(sizes);
    return found !== undefined && 'oneOf' in found ? found.oneOf : [];
  };
  expect(shared(one)[0]).toBe(shared(other)[0]);
  expect(shared(one)[1]).toBe(shared(other)[1]);
});
