import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../../src/app/access/rights.ts';
import type { FactDetailInput } from '../../../src/app/naming/fact-input.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { createProgram } from '../../../src/app/writing/create-program.ts';
import { enrollPartners } from '../../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../../src/app/writing/update-partner.ts';
import { day, granted, publish, SMALL_RULEBOOK } from '../../support/fixtures.ts';
import { fullSelection } from '../../support/full-selection.ts';
import { openTestApp } from '../../support/test-app.ts';

let opened: OpenApp;
let owner: Rights;
let now = Date.UTC(2026, 2, 1, 12);
/** Instants between what is recorded. */
const knownAt: number[] = [];

function text(name: string) {
  return { en: name, de: name };
}
const window = { trailing: { months: 12 } };
function count(fact: string) {
  return { metric: { fact, aggregate: 'COUNT', window, scope: 'FAMILY' } };
}

/**
 * For each value of a field among the family's facts: a number that none reaches, of measures of every sort,
 * and persons.
 */
function each(dimension: string, fact: string) {
  const wanting = { measure: { sum: [fact, { minimum: [count(fact)] }] }, atLeast: '1000' };
  const persons = { persons: [{ name: text('experts'), count: 3, where: [] }], scope: 'FAMILY' };
  return {
    forEach: {
      dimension,
      where: { measure: count(fact), atLeast: '1' },
      need: 'ALL',
      body: fact === 'certification' ? { allOf: [wanting, persons] } : wanting,
    },
  };
}

const DIMENSIONS = [
  ['person', 'certification'],
  ['credential', 'certification'],
  ['attributes.area', 'revenue'],
  ['customer', 'satisfaction'],
  ['respondent', 'satisfaction'],
  ['subject', 'seats'],
] as const;

/** A number for each value of the same fields, taken together. */
function over(dimension: unknown, fact: string) {
  return { measure: { over: { dimension, of: fact, aggregate: 'COUNT' } }, atLeast: '1000' };
}

function rulebook(transition: object) {
  const persons = {
    persons: [
      { name: text('first'), count: 1, where: [] },
      { name: text('second'), count: 2, where: [] },
    ],
    scope: 'FAMILY',
  };
  return {
    ...SMALL_RULEBOOK,
    format: 2,
    measures: {
      ...Object.fromEntries(
        ['revenue', 'certification', 'satisfaction', 'seats'].map((fact) => [
          fact,
          { name: text(fact), ...count(fact) },
        ]),
      ),
      sales: { name: text('Sales'), metric: { fact: 'revenue', aggregate: 'SUM', window, scope: 'FAMILY' } },
    },
    tiers: [
      { code: 'BASE', name: text('Base') },
      {
        code: 'SILVER',
        name: text('Silver'),
        requirement: { allOf: [persons, { measure: 'sales', atLeast: '1' }] },
      },
      {
        code: 'GOLD',
        name: text('Gold'),
        requirement: {
          allOf: [
            ...DIMENSIONS.map(([dimension, fact]) => each(dimension, fact)),
            ...DIMENSIONS.map(([dimension, fact]) => over(dimension, fact)),
            over('customer', 'revenue'),
            over({ occurredOn: 'WEEK' }, 'revenue'),
            {
              atLeast: 1,
              of: [
                { specialization: 'VIDEO' },
                { measure: { ratio: { of: 'sales', to: 'revenue' } }, atLeast: '9999' },
              ],
            },
            { measure: { points: { of: 'sales', linear: { points: '1', per: '1' } } }, atLeast: '999999' },
          ],
        },
      },
    ],
    specializations: [
      {
        code: 'VIDEO',
        name: text('Video'),
        requirement: { allOf: [persons, each('credential', 'certification')] },
      },
    ],
    policy: { ...SMALL_RULEBOOK.policy, atRiskDays: 60 },
    ...transition,
  };
}

/** What one partner's facts say: a fact of each kind, with texts that all begin with a word of its own. */
async function record(partner: string, word: string, occurredOn: string, expiresOn: string | null = null) {
  const attributes = [
    { name: 'area', value: `${word} area` },
    { name: 'region', value: `${word} region` },
    { name: `${word} name`, value: `${word} value` },
  ];
  const details: readonly FactDetailInput[] = [
    { type: 'revenue', amount: '60', currency: 'EUR', customer: `${word} customer`, attributes },
    {
      type: 'certification',
      person: `${word} person`,
      credential: `${word} credential`,
      expiresOn,
      attributes,
    },
    {
      type: 'satisfaction',
      score: '9',
      customer: `${word} customer`,
      respondent: `${word} respondent`,
      attributes,
    },
    {
      type: 'measurement',
      kind: 'seats',
      value: '3',
      subject: `${word} subject`,
      expiresOn: null,
      attributes,
    },
  ];
  const facts = details.map((detail) => ({
    externalId: `${word} ${detail.type}`,
    partner,
    occurredOn,
    detail,
  }));
  granted(
    await recordFacts(opened.app, {
      program: 'small',
      source: `${word} source`,
      facts,
      onError: 'REJECT_ALL',
    }),
  );
  knownAt.push(now);
  now += 3_600_000;
}

/**
 * SHOP was an affiliate of GROUP until 5 March. Its facts say SECRET everywhere; so do those recorded of it
 * since, whenever they happened.
 */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const { app } = opened;
  const { programId } = granted(
    await createProgram(app, {
      code: 'small',
      name: 'Small',
      timeZone: 'UTC',
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
      satisfactionScale: { minimum: '0', maximum: '10' },
      measurementKinds: [{ code: 'seats', name: text('Seats'), unit: 'seats' }],
    }),
  );
  await publish(app, 'small', rulebook({}), '2026-01-01');
  const partners = ['GROUP', 'STAY', 'RIVAL', 'SECRET-SHOP'].map((externalRef) => ({
    externalRef,
    name: `${externalRef} name`,
    country: 'DE',
    region: 'DACH',
    parent: ['STAY', 'SECRET-SHOP'].includes(externalRef) ? 'GROUP' : null,
    enrolledOn: day('2020-01-01'),
  }));
  const { outcomes } = granted(await enrollPartners(app, { program: 'small', partners }));
  const ids = outcomes.map((outcome) => granted(outcome).partnerId);
  await record('GROUP', 'own', '2026-02-01');
  await record('SECRET-SHOP', 'SECRET one', '2026-02-01', '2026-03-03');
  await record('SECRET-SHOP', 'SECRET two', '2026-02-02');
  await record('STAY', 'staying', '2026-02-03', '2026-03-04');
  const transition = {
    transition: { mode: 'BOTH', until: '2026-09-01' },
    remap: { BASE: 'BASE', SILVER: 'SILVER', GOLD: 'GOLD' },
  };
  await publish(app, 'small', rulebook(transition), '2026-03-02');
  now = Date.UTC(2026, 2, 4, 12);
  const move = { program: 'small', partner: 'SECRET-SHOP', parent: 'RIVAL', firstOn: day('2026-03-05') };
  granted(await updatePartner(app, move));
  now = Date.UTC(2026, 2, 10, 12);
  await record('SECRET-SHOP', 'SECRET late', '2026-02-15');
  await record('SECRET-SHOP', 'SECRET since', '2026-03-06');
  await record('GROUP', 'own later', '2026-03-07');
  owner = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: ids[0] ?? '' };
});

afterAll(() => opened.close());

const DAYS = ['2026-02-20', '2026-03-03', '2026-03-04', '2026-03-10'];
const OPTIONS = {
  depth: 16,
  leavesOnly: new Set(['Partner', 'Program', 'Rulebook', 'Tier', 'Specialization']),
  // Deep enough at its own place.
  without: (name: string) => name === 'Partner.standing' || name.endsWith('Fact.versions'),
};

const standing = fullSelection(schema, 'Standing', OPTIONS);
const history = fullSelection(schema, 'StandingPeriodConnection', OPTIONS);
const changes = fullSelection(schema, 'StatusChangeConnection', OPTIONS);
function ask(inner: string, { fragments }: { fragments: string }) {
  return `{ partner(by: { ref: { program: "small", externalRef: "GROUP" } }) { ${inner} } }\n${fragments}`;
}
function askOn(on: string, known = '') {
  return ask(`standing(on: "${on}" ${known}) { ...${standing.name} }`, standing);
}

/** Everything that leads from GROUP to facts, at full depth. */
function questions(): readonly string[] {
  const [, , before = 0, , late = 0] = knownAt;
  const then = [before, late].map((instant) => `knownAt: "${new Date(instant).toISOString()}"`);
  return [
    ...DAYS.map((on) => askOn(on)),
    ...then.map((known) => askOn('2026-03-03', known)),
    ask(`standing { ...${standing.name} }`, standing),
    ask(`history { ...${history.name} }`, history),
    ask(`statusChanges(first: 100) { ...${changes.name} }`, changes),
    `{ statusChanges(program: "small", first: 100) { ...${changes.name} } }\n${changes.fragments}`,
    `{ partners(program: "small") { nodes { facts(first: 100) { nodes { versions { nodes { id source externalId } } } } } } }`,
  ];
}

async function answer(source: string, rights: Rights) {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  const { data, errors } = await graphql({ schema, source, contextValue });
  if (errors !== undefined)
    throw new Error(errors.map(({ message, path }) => `${path?.join('.')}: ${message}`).join('\n'));
  return data;
}

/** By their aliases, the fields of an answer with all that they say. */
function valuesByField(
  value: unknown,
  field = '',
  found = new Map<string, unknown[]>(),
): Map<string, unknown[]> {
  if (Array.isArray(value)) for (const each of value) valuesByField(each, field, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) valuesByField(each, key, found);
  } else {
    const values = found.get(field);
    if (values === undefined) found.set(field, [value]);
    else values.push(value);
  }
  return found;
}

async function fieldsTelling(word: string, sources: readonly string[], rights: Rights): Promise<string[]> {
  const found = new Set<string>();
  for (const source of sources) {
    for (const [field, values] of valuesByField(await answer(source, rights))) {
      if (values.some((value) => String(value).includes(word))) found.add(field);
    }
  }
  return [...found].sort();
}

test('nothing that leads to facts tells a partner what those of a former affiliate say', async () => {
  expect(await fieldsTelling('SECRET', questions(), owner)).toEqual([]);
});

test('to who may see everything, all that names something tells it', async () => {
  const proofs = ['Composite', 'ForEach', 'Persons', 'Threshold'];
  const told = await fieldsTelling('SECRET', [askOn('2026-03-03')], ALL_RIGHTS);
  expect(told).toEqual(
    expect.arrayContaining([
      ...proofs.map((name) => `${name}Proof_explanation`),
      ...['Calculation', 'Composite', 'Metric', 'Persons', 'Threshold'].map((name) => `${name}Proof_item`),
      ...['Certification', 'Measurement', 'Revenue', 'Satisfaction'].map((name) => `${name}Fact_source`),
      'ForEachItem_item',
      'SlotProof_persons',
      'Partner_name',
    ]),
  );
  const log = ask(`statusChanges(first: 100) { ...${changes.name} }`, changes);
  expect(await fieldsTelling('SECRET', [log], ALL_RIGHTS)).toContain('SlotProof_persons');
});

const NUMBER = /Proof_(value|sample|outcome|met|needed|filled|required|shortfall)$|NumberRange_|_isHeld$/;

test('what the facts of a former affiliate came to stays, and masks stand for their names', async () => {
  const [own, all] = await Promise.all(
    [owner, ALL_RIGHTS].map(async (rights) => valuesByField(await answer(askOn('2026-03-03'), rights))),
  );
  for (const [field, values] of all ?? []) {
    if (NUMBER.test(field)) expect([field, own?.get(field)?.sort()]).toEqual([field, values.sort()]);
  }
  expect(own?.get('ForEachItem_item')?.length).toBe(all?.get('ForEachItem_item')?.length);
  const names = new Set(own?.get('ForEachItem_item'));
  expect([...names].sort()).toEqual([
    'own area',
    'own credential',
    'own person',
    'own subject',
    'staying area',
    'staying credential',
    'staying person',
    'staying subject',
    '…',
  ]);
  const slots = /* GraphQL */ `
    { partner(by: { ref: { program: "small", externalRef: "GROUP" } }) { standing(on: "2026-03-03") { specializations {
      requirement { ... on CompositeProof { parts { requirement { ... on PersonsProof { filled slots { persons } } } } } }
    } } } }
  `;
  const [told, known] = await Promise.all(
    [owner, ALL_RIGHTS].map(async (rights) => valuesByField(await answer(slots, rights)).get('persons')),
  );
  // Those that it may see fill the first places, as if there were no others.
  expect(told).toEqual(['own person', 'staying person', '…']);
  expect(known).toEqual(['SECRET late person', 'SECRET two person', 'own person']);
  // The names of masked items do not show in their places either.
  const missing = /* GraphQL */ `
    { partner(by: { ref: { program: "small", externalRef: "GROUP" } }) { standing(on: "2026-03-03") { next { missing { item path } } } } }
  `;
  const gap = valuesByField(await answer(missing, owner));
  const persons = gap
    .get('path')
    ?.flatMap((path, index) => (/forEach/.test(String(path)) ? [[path, gap.get('item')?.[index]]] : []));
  const [firstPath] = persons?.[0] ?? [];
  const forEach = String(firstPath).split('/forEach')[0] ?? '';
  expect(persons?.filter(([path]) => String(path).startsWith(`${forEach}/`)).map(([, item]) => item)).toEqual(
    ['own person', 'own person', 'staying person', 'staying person', ...Array.from({ length: 6 }, () => '…')],
  );
});
