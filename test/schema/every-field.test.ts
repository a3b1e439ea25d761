import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  graphql,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../schema/base/context.ts';
import { encodeGlobalId } from '../../schema/base/global-id.ts';
import { ROOT_RULES } from '../../schema/base/root-rules.ts';
import { schema } from '../../schema/index.ts';
import { createApiKey } from '../../src/app/access/api-key.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { correctFact } from '../../src/app/writing/amend-fact.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import {
  certificate,
  createSmallProgram,
  day,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let partner: Rights;
let now = Date.UTC(2026, 2, 1, 12);
const ids = new Map<string, string>();

/**
 * Everything of partners that are no affiliates of OWN says so; GONE was one, and what moved was a fact of
 * OWN.
 */
const SECRET = /SECRET|424242/;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const { app } = opened;
  const programId = await createSmallProgram(app);
  const { revenue: metric } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...metric, metric: { ...metric.metric, scope: 'FAMILY' } } };
  await publish(app, 'small', { ...SMALL_RULEBOOK, measures }, '2026-03-01');
  const refs = ['OWN', 'SHOP', 'SECRET-PEER', 'SECRET-GONE'];
  const partners = refs.map((externalRef) => ({
    externalRef,
    name: externalRef,
    country: 'DE',
    region: externalRef,
    parent: ['SHOP', 'SECRET-GONE'].includes(externalRef) ? 'OWN' : null,
    enrolledOn: day('2020-01-01'),
  }));
  const { outcomes } = granted(await enrollPartners(app, { program: 'small', partners }));
  outcomes.forEach((outcome, index) => {
    ids.set(refs[index] ?? '', granted(outcome).partnerId);
  });
  const facts = refs.flatMap((ref) => [
    revenue(`revenue of ${ref}`, ref, '1500', '2026-02-01'),
    certificate(`certificate of ${ref}`, ref, `person of ${ref}`, '2026-02-01', '2026-12-01'),
  ]);
  const moving = revenue('moving', 'OWN', '10', '2026-02-01');
  const recorded = granted(
    await recordFacts(app, {
      program: 'small',
      source: 'crm',
      facts: [...facts, moving],
      onError: 'REJECT_ALL',
    }),
  );
  for (const row of recorded.rows) if (row.type === 'RECORDED') ids.set(row.fact.externalId, row.fact.id);
  now = Date.UTC(2026, 2, 10, 12);
  const { externalId, ...fact } = revenue('moving', 'SECRET-PEER', '424242', '2026-02-02');
  granted(await correctFact(app, { program: 'small', source: 'crm', externalId, expectedVersion: 1, fact }));
  for (const ref of ['OWN', 'SECRET-PEER']) {
    const override = { program: 'small', partner: ref, tier: 'GOLD', reason: ref, actor: ref };
    granted(await overrideTier(app, { ...override, firstOn: day('2026-03-10'), endsOn: day('2026-04-01') }));
  }
  const move = { program: 'small', partner: 'SECRET-GONE', parent: 'SECRET-PEER' };
  granted(await updatePartner(app, { ...move, firstOn: day('2026-03-05') }));
  const key = { name: 'a key', role: 'PARTNER', programs: null, expiresAt: null } as const;
  const keyed = { program: 'small', externalRef: 'SECRET-PEER' };
  granted(await createApiKey(app, ALL_RIGHTS, { ...key, partner: keyed }));
  partner = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: ids.get('OWN') ?? '' };
});

afterAll(() => opened.close());

function globalIds(): string[] {
  return [...ids].map(([name, id]) => {
    const type = name.startsWith('certificate') ? 'CertificationFact' : 'RevenueFact';
    return encodeGlobalId(/ |moving/.test(name) ? type : 'Partner', id);
  });
}

/** What the arguments of the roots are given, by name, in each way that there is to ask. */
function given(): Readonly<Record<string, readonly string[]>> {
  return {
    program: ['"small"'],
    code: ['"small"'],
    id: globalIds().map((id) => JSON.stringify(id)),
    ids: [JSON.stringify(globalIds())],
    by: globalIds().map((id) => `{ id: ${JSON.stringify(id)} }`),
  };
}

type Field = GraphQLField<unknown, unknown>;

/** What a field is asked for, without what follows: its name with the arguments that it needs. */
function callsOf(field: Field): readonly string[] {
  const [needed, ...more] = field.args.filter(isRequiredArgument);
  const size = field.args.some(({ name }) => name === 'first') ? 'first: 100' : '';
  if (needed === undefined) return [size === '' ? field.name : `${field.name}(${size})`];
  const values = given()[needed.name];
  if (values === undefined || more.length > 0) throw new Error(`say what ${field.name} is asked with`);
  return values.map((value) => `${field.name}(${needed.name}: ${value} ${size})`);
}

/**
 * What a type's fields give that are no objects, and what those do that are: `depth` such steps, those to a
 * page's nodes not counted.
 */
function leavesOf(type: GraphQLNamedType, depth = 1): string {
  if (!isCompositeType(type)) return '';
  // Fields of one name may differ in their types, so that each has an alias of its own.
  const select = (parent: string, fields: readonly Field[]): string[] =>
    fields.flatMap((field) => {
      const result = getNamedType(field.type);
      const alias = `${parent}_${field.name}: ${field.name}`;
      if (!isCompositeType(result)) return [alias];
      if (field.name === 'nodes') return [`${alias} ${leavesOf(result, depth)}`];
      const isWanted = depth > 0 && !field.args.some(({ name }) => name === 'first');
      return isWanted ? [`${alias} ${leavesOf(result, depth - 1)}`] : [];
    });
  const objects = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const fragments = objects.map(
    (each) =>
      `... on ${each.name} { __typename ${select(each.name, Object.values(each.getFields())).join(' ')} }`,
  );
  return `{ __typename ${fragments.join(' ')} }`;
}

/**
 * Every field of every type that is reached from the query's root, with the shortest way to ask for it, or
 * several.
 */
function everyField(): ReadonlyMap<string, readonly string[]> {
  const questions = new Map<string, readonly string[]>();
  const partners = 'partners(program: "small", first: 100)';
  // Others are found; on these there is something to see.
  const ways = new Map<string, (inner: string) => string>([
    ['Query', (inner) => `{ ${inner} }`],
    ['Partner', (inner) => `{ ${partners} { nodes { ${inner} } } }`],
    ['PageInfo', (inner) => `{ ${partners} { pageInfo { ${inner} } } }`],
    ['TierOverride', (inner) => `{ ${partners} { nodes { overrides { nodes { ${inner} } } } } }`],
    [
      'RequirementProof',
      (inner) => `{ ${partners} { nodes { standing { proof { requirement { ${inner} } } } } } }`,
    ],
  ]);
  for (const [name, way] of ways) {
    const type = schema.getType(name);
    if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type)) {
        if (ways.has(possible.name)) continue;
        ways.set(possible.name, (inner) => way(`... on ${possible.name} { ${inner} }`));
      }
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type);
      const calls = callsOf(field);
      questions.set(
        `${name}.${field.name}`,
        calls.map((call) => way(`${call} ${leavesOf(result)}`)),
      );
      // What is asked for one by one leads to nothing that is not reached otherwise.
      const [call, ...others] = calls;
      if (others.length > 0 || !isCompositeType(result) || ways.has(result.name)) continue;
      ways.set(result.name, (inner) => way(`${call} { ${inner} }`));
    }
  }
  return questions;
}

async function answers(source: string, rights: Rights): Promise<string> {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  const { data, errors } = await graphql({ schema, source, contextValue });
  for (const { extensions, message } of errors ?? []) {
    expect([extensions.code, message, source]).toEqual(['FORBIDDEN', message, source]);
  }
  return JSON.stringify(data ?? null);
}

test('no field tells a partner anything of another that is no affiliate of it', async () => {
  const secretIds = [...ids].flatMap(([name], index) =>
    SECRET.test(name) ? (globalIds()[index] ?? []) : [],
  );
  const telling: string[] = [];
  for (const [field, sources] of everyField()) {
    for (const source of sources) {
      const own = await answers(source, partner);
      if (SECRET.test(own) || secretIds.some((id) => own.includes(id))) telling.push(`${field}: ${source}`);
    }
  }
  expect(telling).toEqual([]);
});

test('to others most fields of partners, facts and what follows from them tell it', async () => {
  const telling = new Set<string>();
  for (const [field, sources] of everyField()) {
    for (const source of sources) if (SECRET.test(await answers(source, ALL_RIGHTS))) telling.add(field);
  }
  expect([...telling]).toEqual(
    expect.arrayContaining([
      'Query.node',
      'Query.partners',
      'Query.apiKeys',
      'ApiKey.partner',
      'Partner.affiliates',
      'RevenueFact.partner',
      'MetricProof.counted',
      'MetricProof.excluded',
      'TierOverride.actor',
      'StatusChangeConnection.nodes',
    ]),
  );
});

test('what only mutations lead to is not for partners', () => {
  const reached = new Set([...everyField().keys()].map((name) => name.split('.')[0]));
  const roots = [schema.getMutationType(), schema.getSubscriptionType()];
  const onlyByMutation = Object.values(schema.getTypeMap()).filter(
    (type) =>
      isObjectType(type) && !type.name.startsWith('__') && !roots.includes(type) && !reached.has(type.name),
  );
  expect(onlyByMutation.map(({ name }) => name)).toContain('ApiKeyCreated');
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(ROOT_RULES[`Mutation.${field.name}`]).not.toContain('PARTNER');
  }
});
