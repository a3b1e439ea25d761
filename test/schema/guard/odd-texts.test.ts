import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type OperationDefinitionNode,
  parse,
  subscribe,
  typeFromAST,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import { TEXT_RULES } from '../../../schema/guard/text-rules.ts';
import { schema } from '../../../schema/index.ts';
import { isObject } from '../../../src/engine/values/is-object.ts';
import { createSmallProgram, enroll } from '../../support/fixtures.ts';
import { long } from '../../support/long.ts';
import {
  EMPTY_TEXTS,
  FORBIDDEN_ANYWHERE,
  FORBIDDEN_INSIDE,
  INVISIBLE_ENDS,
} from '../../support/odd-texts.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';
import { ask } from '../ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B']);
  // Once, so that what is sent again says the same whether it was there or not.
  for (const [source, variables] of OPERATIONS) {
    const { errors } = await ask(opened, source, variables);
    if (errors !== undefined && !source.startsWith('subscription')) throw new Error(errors.join('\n'));
  }
});

afterAll(() => opened.close());

const name = { en: 'Usage', de: 'Nutzung' };
function fact(externalId: string, detail: unknown) {
  return {
    externalId,
    partner: 'A',
    occurredOn: '2026-11-01',
    detail,
  };
}
const attributes = [{ name: 'area', value: 'Video' }];
const key = { program: 'kinds', source: 'crm', externalId: 'M-1', expectedVersion: 1 };
const NOBODY_ID = '01a20887-bc29-7ccb-9d6d-e5e08ee677cd';
const NOBODY = encodeGlobalId('Partner', NOBODY_ID);
const REFUSAL = '... on Refusal { code message }';

/**
 * Operations that have every text of every argument somewhere in their variables, and can be sent any number
 * of times.
 */
const OPERATIONS: readonly (readonly [source: string, variables: Record<string, unknown>])[] = [
  [
    `mutation ($input: CreateProgramInput!) { createProgram(input: $input) { __typename ${REFUSAL} } }`,
    {
      input: {
        code: 'kinds',
        name: 'Kinds',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        measurementKinds: [
          { code: 'usage', name: { ...name, others: [{ tag: 'fr', text: 'usage' }] }, unit: 'users' },
        ],
      },
    },
  ],
  [
    `mutation ($input: EnrollPartnerInput!) { enrollPartner(input: $input) { __typename ${REFUSAL} } }`,
    { input: { program: 'kinds', externalRef: 'A', name: 'Anna', country: 'DE', region: 'DACH' } },
  ],
  [
    `mutation ($input: EnrollPartnerInput!) { enrollPartner(input: $input) { __typename ${REFUSAL} } }`,
    {
      input: {
        program: 'kinds',
        externalRef: 'B',
        name: 'Bea',
        country: 'DE',
        region: 'DACH',
        attributes: [{ name: 'size', value: 'small' }],
        parent: 'A',
        start: { tier: 'BASE', since: '2020-01-01' },
      },
    },
  ],
  [
    `mutation ($input: UpdatePartnerInput!) {
      updatePartner(input: $input) { __typename ... on PartnerUpdated { partner { externalRef region country } } ${REFUSAL} } }`,
    { input: { program: 'kinds', partner: 'B', name: 'Bea', country: 'AT', region: 'North', parent: 'A' } },
  ],
  [
    `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { __typename
      ... on FactsRecorded { rows { __typename ... on RowDuplicate { fact { externalId source partner { externalRef } } }
        ... on RowRejected { code path message } } } ${REFUSAL} } }`,
    {
      input: {
        program: 'kinds',
        source: 'crm',
        facts: [
          fact('M-1', { measurement: { kind: 'usage', value: '1', subject: 'Tenant', attributes } }),
          fact('R-1', { revenue: { amount: '1', currency: 'EUR', customer: 'Buyer' } }),
          fact('C-1', { certification: { person: 'anna.k', credential: 'VIDEO' } }),
          fact('S-1', { satisfaction: { score: '9', customer: 'Customer', respondent: 'Agency' } }),
        ],
      },
    },
  ],
  [
    `mutation ($input: CorrectFactInput!) { correctFact(input: $input) { __typename
      ... on FactCorrected { fact { externalId } } ... on FactContentRefused { reason path message } ${REFUSAL} } }`,
    {
      input: {
        ...key,
        fact: {
          partner: 'A',
          occurredOn: '2026-11-02',
          detail: { measurement: { kind: 'usage', value: '1' } },
        },
      },
    },
  ],
  [
    `mutation ($input: VoidFactInput!) { voidFact(input: $input) { __typename ... on FactVoided { fact { externalId } } ${REFUSAL} } }`,
    { input: { ...key, externalId: 'R-1' } },
  ],
  [
    `mutation ($input: OverrideTierInput!) { overrideTier(input: $input) { __typename ${REFUSAL} } }`,
    {
      input: {
        program: 'small',
        partner: 'A',
        tier: 'GOLD',
        endsOn: '2027-01-01',
        reason: 'Why',
        actor: 'Ada',
      },
    },
  ],
  [
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename ${REFUSAL} } }`,
    { input: { name: 'Key', role: 'READER', programs: ['small'] } },
  ],
  [
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename ${REFUSAL} } }`,
    { input: { name: 'Key', role: 'PARTNER', partner: { program: 'small', externalRef: 'A' } } },
  ],
  [
    `mutation ($input: WithdrawRulebookInput!) { withdrawRulebook(input: $input) { __typename ${REFUSAL} } }`,
    {
      input: { rulebook: encodeGlobalId('Rulebook', '018f4c1e-0000-7000-8000-00000badcafe'), reason: 'Why' },
    },
  ],
  [
    `mutation ($input: SaveRulebookDraftInput!) { saveRulebookDraft(input: $input) { __typename ${REFUSAL} } }`,
    { input: { program: 'small', document: { format: 1, tiers: [{ code: 'BASE', name }] } } },
  ],
  ['query ($code: String!) { program(code: $code) { code } }', { code: 'small' }],
  ['query ($codes: [String!]) { programs(codes: $codes) { nodes { code } } }', { codes: ['small'] }],
  [
    'query ($by: PartnerLocator!) { partner(by: $by) { externalRef } }',
    { by: { ref: { program: 'small', externalRef: 'A' } } },
  ],
  [
    'query ($program: String!, $filter: PartnerFilter) { partners(program: $program, filter: $filter) { totalCount } }',
    {
      program: 'small',
      filter: {
        tiers: ['BASE'],
        regions: ['DACH'],
        countries: ['DE'],
        specializations: ['VIDEO'],
        search: 'Partner',
        gap: { tiers: ['GOLD'], missing: ['/tiers/1'] },
      },
    },
  ],
  [
    'query ($by: PartnerLocator!, $filter: FactFilter) { partner(by: $by) { facts(filter: $filter) { totalCount } } }',
    { by: { ref: { program: 'kinds', externalRef: 'A' } }, filter: { kinds: ['usage'] } },
  ],
  [
    'query ($program: String!, $filter: StatusChangeFilter) { statusChanges(program: $program, filter: $filter) { totalCount } }',
    { program: 'small', filter: { tiers: ['BASE'], regions: ['DACH'], specializations: ['VIDEO'] } },
  ],
  [
    'query ($by: PartnerLocator!, $on: Date, $at: DateTime) { partner(by: $by) { standing(on: $on, knownAt: $at) { on } history(from: $on, knownAt: $at) { totalCount } } }',
    { by: { ref: { program: 'small', externalRef: 'A' } }, on: '2026-11-01', at: '2026-11-23T12:00:00Z' },
  ],
  [
    'query ($program: String!, $filter: PartnerFilter) { partners(program: $program, filter: $filter) { totalCount } }',
    { program: 'small', filter: { specializationLapsesBefore: '2027-01-01', parent: NOBODY } },
  ],
  [
    'query ($program: String!, $filter: StatusChangeFilter) { statusChanges(program: $program, filter: $filter) { totalCount } }',
    { program: 'small', filter: { partners: [NOBODY] } },
  ],
  [
    `mutation ($input: EndOverrideInput!) { endOverride(input: $input) { __typename ${REFUSAL} } }`,
    { input: { override: encodeGlobalId('TierOverride', NOBODY_ID), on: '2027-01-01' } },
  ],
  [
    `mutation ($input: PublishRulebookInput!) { publishRulebook(input: $input) { __typename ${REFUSAL} } }`,
    { input: { rulebook: encodeGlobalId('Rulebook', NOBODY_ID), effectiveFrom: '2027-01-01' } },
  ],
  [
    `mutation ($input: CreateProgramInput!) { createProgram(input: $input) { __typename ${REFUSAL} } }`,
    {
      input: {
        code: 'small',
        name: 'Small',
        timeZone: 'UTC',
        currency: 'EUR',
        satisfactionScale: { minimum: '0', maximum: '5' },
      },
    },
  ],
  [
    'subscription ($program: String!, $filter: StatusChangeFilter) { statusChanged(program: $program, filter: $filter) { __typename } }',
    { program: 'small', filter: { tiers: ['BASE'] } },
  ],
];

/** That the others are refused as these are, is shown where texts are read. */
// Long, since each forbidden character is tried in each text argument of the graph.
const SOME_INSIDE = long(
  FORBIDDEN_INSIDE.filter(([, called]) => ['U+200B', 'U+D800'].includes(called)),
  FORBIDDEN_INSIDE,
);

type Step = string | number;
/** A text in the variables of an operation: what it is there, and the steps to it. */
type Place = {
  readonly scalar: string;
  readonly name: string;
  readonly argument: string;
  readonly steps: readonly Step[];
  readonly is: string;
};

/** Every text in the variables of an operation. */
function placesIn(source: string, variables: Record<string, unknown>): Place[] {
  const operation = parse(source).definitions[0] as OperationDefinitionNode;
  const selection = operation.selectionSet.selections[0];
  const root = operation.operation[0]?.toUpperCase() + operation.operation.slice(1);
  const field = selection?.kind === 'Field' ? selection.name.value : '';
  return (operation.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
    const type = typeFromAST(schema, node as never) as GraphQLInputType;
    const argument = variable.name.value;
    return textsIn(variables[argument], type, `${root}.${field}(${argument})`, [argument]);
  });
}

function textsIn(value: unknown, type: GraphQLInputType, placeName: string, steps: readonly Step[]): Place[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => textsIn(each, type, placeName, [...steps, index]));
  }
  const named = getNamedType(type);
  if (isInputObjectType(named) && isObject(value)) {
    return Object.values(named.getFields()).flatMap((field) =>
      textsIn(value[field.name], field.type, `${named.name}.${field.name}`, [...steps, field.name]),
    );
  }
  if (typeof value !== 'string' || !isScalarType(named)) return [];
  const argument = steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
  return [{ scalar: named.name, name: placeName, argument, steps, is: value }];
}

/** The variables with another text in one place. */
function withText(value: unknown, [step, ...rest]: readonly Step[], text: string): unknown {
  if (step === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === step ? withText(each, rest, text) : each));
  }
  if (!isObject(value)) throw new Error('a step that leads nowhere');
  return { ...value, [step]: withText(value[String(step)], rest, text) };
}

/** What an operation answers with a text in one place; a subscription that begins is stopped. */
async function send(source: string, variables: Record<string, unknown>, place: Place, text: string) {
  const sent = withText(variables, place.steps, text) as Record<string, unknown>;
  if (!source.startsWith('subscription')) return JSON.parse(JSON.stringify(await ask(opened, source, sent)));
  const contextValue = createContext({ ...opened, requestId: 'test' });
  const begun = await subscribe({ schema, document: parse(source), variableValues: sent, contextValue });
  if (!(Symbol.asyncIterator in begun)) return JSON.parse(JSON.stringify(begun));
  await begun.return(undefined);
  return { data: 'it began' };
}

const CASES = OPERATIONS.flatMap(([source, variables]) =>
  placesIn(source, variables).map((place) => ({ ...place, source, variables, rule: TEXT_RULES[place.name] })),
);
// In short each text once, in long in every place where it is.
const TEXTS = CASES.filter(
  ({ scalar, name: place }, index) =>
    scalar === 'String' && long(CASES.findIndex((each) => each.name === place) === index, true),
);
const FOR_PEOPLE = TEXTS.filter(({ rule }) => rule?.as === 'LINE' || rule?.as === 'LINES');
const NAMING = TEXTS.filter(({ rule }) => rule?.as !== 'LINE' && rule?.as !== 'LINES');

/** Fails unless the answer refuses the text in its place, in a sentence that has `words`. */
function expectRefused(answer: unknown, place: Place, words: string): void {
  const told = JSON.stringify(answer);
  expect(told, place.name).toContain(words);
  const at = place.argument.replace(/^input\./, '');
  const source = place.name === 'RecordFactsInput.source' ? 'source' : at;
  expect(told.includes(`"argument":"${place.argument}"`) || told.includes(`"path":"${source}"`), told).toBe(
    true,
  );
  expectNoFault(answer);
}

function expectNoFault(answer: unknown): void {
  if (!isObject(answer) || !Array.isArray(answer.errors)) return;
  for (const error of answer.errors) expect(error.extensions?.code, error.message).toBe('BAD_USER_INPUT');
}

describe('rule 30: every text of every argument', () => {
  test('is tried here', () => {
    const texts = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (type.name.startsWith('__')) return [];
      const isText = (input: GraphQLInputType) => {
        const named = getNamedType(input);
        return isScalarType(named) && named.name === 'String';
      };
      if (isInputObjectType(type)) {
        return Object.values(type.getFields()).flatMap((field) =>
          isText(field.type) ? [`${type.name}.${field.name}`] : [],
        );
      }
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) =>
        field.args
          .filter((argument) => isText(argument.type) && !['after', 'before'].includes(argument.name))
          .map((argument) => `${type.name}.${field.name}(${argument.name})`),
      );
    });
    expect([...new Set(TEXTS.map((place) => place.name))].sort()).toEqual(texts.sort());
    expect(Object.keys(TEXT_RULES).sort()).toEqual(texts.sort());
  });

  test.each(NAMING)('$name means the same with what cannot be seen at its ends', async (place) => {
    const { source, variables, is } = place;
    const expected = await send(source, variables, place, is);
    expectNoFault(expected);
    const [before, after] = ['', ''].map((_, end) => INVISIBLE_ENDS.map((ends) => ends[end]).join(''));
    expect(await send(source, variables, place, `${before}${is}${after}`)).toEqual(expected);
  });

  test.each(NAMING)(
    '$name is refused with what cannot be seen inside, and where nothing can',
    async (place) => {
      promised(
        'Control and invisible characters inside it are refused, and the refusal names the character and the place.',
      );
      const { source, variables, is } = place;
      for (const [character, called] of SOME_INSIDE) {
        const text = `${is.slice(0, 1)}${character}${is.slice(1)}x`;
        expectRefused(await send(source, variables, place, text), place, called);
      }
      for (const text of EMPTY_TEXTS.slice(long(-1, 0))) {
        expectRefused(await send(source, variables, place, text), place, 'This must not be empty.');
      }
      const tooLong = await send(source, variables, place, 'X'.repeat(1_001));
      expectRefused(tooLong, place, 'This is longer than ');
    },
  );

  test.each(FOR_PEOPLE)('$name may hold anything that can be printed', async (place) => {
    promised('Names for people may hold any printable text.');
    const { source, variables } = place;
    for (const text of [' Acme\u00a0GmbH ', 'עב\u200fר ❤\ufe0f', '👩\u200d👧', 'x'.repeat(200)]) {
      const answer = await send(source, variables, place, text);
      expect(answer.errors).toBeUndefined();
    }
    for (const [character, called] of FORBIDDEN_ANYWHERE) {
      expectRefused(await send(source, variables, place, `a${character}b`), place, called);
    }
    for (const text of EMPTY_TEXTS.slice(long(-1, 0))) {
      expectRefused(await send(source, variables, place, text), place, 'This must not be empty.');
    }
    expectRefused(await send(source, variables, place, 'X'.repeat(501)), place, 'This is longer than ');
  });

  test('days, instants, numbers and ids that are none are refused in their place', async () => {
    const others = CASES.filter(({ scalar }) => scalar !== 'String');
    expect(new Set(others.map(({ scalar }) => scalar))).toEqual(
      new Set(['Date', 'DateTime', 'Decimal', 'ID', 'Locale']),
    );
    for (const place of others) {
      for (const text of [`${place.is}\0`, `${place.is}\u00a0`, '\ud800', '', '1e9', 'x'.repeat(1_000)]) {
        expectNoFault(await send(place.source, place.variables, place, text));
      }
    }
  });

  test('cursors and global ids that are none are refused or name nothing', async () => {
    for (const text of ['\0', '\ud800', '', '\u200b', 'x'.repeat(1_000)]) {
      const asked = await ask(
        opened,
        `query ($id: ID!, $after: String) {
          node(id: $id) { id } programs(after: $after) { totalCount }
          partners(program: "small", after: $after) { totalCount }
          statusChanges(program: "small", before: $after) { totalCount }
        }`,
        { id: text, after: text },
      );
      expectNoFault(JSON.parse(JSON.stringify(asked)));
      for (const field of [
        'revokeApiKey(id: $id)',
        'withdrawRulebook(input: { rulebook: $id, reason: "Why" })',
      ]) {
        const answer = await ask(opened, `mutation ($id: ID!) { ${field} { __typename } }`, { id: text });
        expectNoFault(JSON.parse(JSON.stringify(answer)));
      }
    }
  });
});
