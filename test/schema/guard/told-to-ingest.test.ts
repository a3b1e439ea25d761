import { type GraphQLUnionType, graphql, isUnionType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { ROOT_RULES } from '../../../schema/base/root-rules.ts';
import { schema } from '../../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../../src/app/access/rights.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { enrollPartners } from '../../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { createSmallProgram, day, granted, publish, SMALL_RULEBOOK } from '../../support/fixtures.ts';
import { fullSelection } from '../../support/full-selection.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';

let opened: OpenApp;
let ingest: Rights;
let now = Date.UTC(2026, 5, 15, 12);

/**
 * What INGEST brought in says OPEN; everything else that is known of partners and their facts says SECRET.
 */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const { app } = opened;
  const programId = await createSmallProgram(app);
  const { revenue } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...revenue, metric: { ...revenue.metric, scope: 'FAMILY' } } };
  const policy = { ...SMALL_RULEBOOK.policy, atRiskDays: 60 };
  await publish(app, 'small', { ...SMALL_RULEBOOK, measures, policy }, '2026-06-15');
  const partners = ['TOP', 'SHOP', 'OTHER'].map((externalRef) => ({
    externalRef,
    name: `SECRET ${externalRef}`,
    country: 'DE',
    region: 'SECRET region',
    attributes: [{ name: 'SECRET size', value: 'SECRET large' }],
    parent: externalRef === 'SHOP' ? 'TOP' : null,
    enrolledOn: day('2019-04-01'),
  }));
  granted(await enrollPartners(app, { program: 'small', partners }));
  const attributes = [{ name: 'SECRET attribute', value: 'SECRET value' }];
  const facts = ['first', 'second'].map((externalId) => ({
    externalId,
    partner: 'SHOP',
    occurredOn: '2026-04-01',
    detail: {
      type: 'certification' as const,
      person: 'SECRET person',
      credential: 'VIDEO',
      expiresOn: '2026-06-17',
      attributes,
    },
  }));
  granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  await opened.judge.stop();
  ingest = { ...ALL_RIGHTS, role: 'INGEST', programs: [programId] };
});
afterAll(() => opened.close());

async function run(source: string, rights: Rights) {
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  return JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue })));
}

/**
 * All that a mutation's answer tells with these rights, whatever is asked of it: fields that are forbidden
 * there are asked for no more, and the call is sent again.
 */
async function readAll(mutation: string, input: string, rights: Rights) {
  const result = schema.getMutationType()?.getFields()[mutation]?.type;
  const union = String(result).replace('!', '');
  const forbidden = new Set<string>();
  for (;;) {
    const selection = fullSelection(schema, union, {
      depth: 6,
      leavesOnly: new Set(['Program', 'Rulebook', 'Tier', 'Specialization']),
      without: (name) => forbidden.has(name),
    });
    const { data, errors } = await run(
      `mutation { answer: ${mutation}(input: ${input}) { ...${selection.name} } }\n${selection.fragments}`,
      rights,
    );
    if (errors === undefined) return { answer: data.answer, forbidden };
    for (const { extensions, path, message } of errors) {
      if (extensions?.code !== 'FORBIDDEN') throw new Error(message);
      forbidden.add(String(path.findLast((step: unknown) => typeof step === 'string')).replace('_', '.'));
    }
  }
}

function fact(externalId: string, amount: string, partner = 'SHOP') {
  return `{ externalId: "${externalId}", partner: "${partner}", occurredOn: "2026-06-01", detail: { revenue: { amount: "${amount}", currency: "EUR", attributes: [{ name: "OPEN", value: "OPEN" }] } } }`;
}
function record(facts: string) {
  return `{ program: "small", source: "crm", facts: [${facts}] }`;
}
function correct(externalId: string, version: number) {
  return `{ program: "small", source: "crm", externalId: "${externalId}", expectedVersion: ${version}, fact: { partner: "SHOP", occurredOn: "2026-06-02", detail: { revenue: { amount: "2", currency: "EUR", attributes: [{ name: "OPEN", value: "OPEN" }] } } } }`;
}
function key(externalId: string, version: number) {
  return `{ program: "small", source: "crm", externalId: "${externalId}", expectedVersion: ${version} }`;
}
function update(data: string) {
  return `{ program: "small", partner: "SHOP" ${data} }`;
}
function enroll(ref: string) {
  return `{ program: "small", externalRef: "${ref}", name: "OPEN ${ref}", country: "AT", region: "OPEN region", parent: "SHOP", enrolledOn: "2026-06-01" }`;
}

/** Calls of every mutation that INGEST may use, each with the type of what it is answered. */
const CALLS: readonly (readonly [mutation: string, input: string, answer: string])[] = [
  // The certificate lapsed meanwhile, which is caught up with first: it is among the causes of what changed.
  ['recordFacts', record(fact('new', '5000')), 'FactsRecorded'],
  ['recordFacts', record(fact('first', '1')), 'FactsRecorded'],
  ['recordFacts', record(`${fact('x', '1', 'NONE')}, ${fact('new', '5000')}`), 'FactsRecorded'],
  [
    'recordFacts',
    `{ program: "small", source: "crm", onError: REJECT_ALL, facts: [${fact('first', '1')}] }`,
    'FactsRejected',
  ],
  ['correctFact', correct('first', 7), 'VersionConflict'],
  ['correctFact', correct('none', 1), 'FactNotFound'],
  ['correctFact', correct('new', 1), 'FactCorrected'],
  ['voidFact', key('first', 7), 'VersionConflict'],
  ['voidFact', key('second', 1), 'FactVoided'],
  ['voidFact', key('none', 1), 'FactNotFound'],
  ['enrollPartner', enroll('SHOP'), 'PartnerExists'],
  ['enrollPartner', enroll('NEW'), 'PartnerEnrolled'],
  ['updatePartner', update(''), 'PartnerUpdated'],
  ['updatePartner', update('country: "DE"'), 'PartnerUpdated'],
  ['updatePartner', update('parent: "OTHER"'), 'PartnerUpdated'],
  ['updatePartner', update('region: "OPEN region"'), 'PartnerUpdated'],
  ['updatePartner', update('attributes: [{ name: "OPEN size", value: "OPEN small" }]'), 'PartnerUpdated'],
];

test('no mutation answers who may only bring in with what it did not bring in', async () => {
  promised('`INGEST`: bring partners and facts in, and correct them.');
  promised('`INGEST`: It reads nothing else of them');
  now = Date.UTC(2026, 5, 18, 12);
  const secrets: unknown[] = [];
  for (const [mutation, input, type] of CALLS) {
    // Sent again until all of the rest is answered, so that the answers to duplicates are read too.
    const { answer } = await readAll(mutation, input, ingest);
    expect([mutation, input, answer.__typename]).toEqual([
      mutation,
      input,
      type === 'PartnerEnrolled' ? expect.stringMatching(/PartnerE/) : type,
    ]);
    if (JSON.stringify(answer).includes('SECRET')) secrets.push([mutation, input, answer]);
  }
  expect(secrets).toEqual([]);
});

test('to others the same calls tell it', async () => {
  const telling = new Set<string>();
  for (const [mutation, input] of CALLS) {
    const { answer, forbidden } = await readAll(mutation, input, ALL_RIGHTS);
    expect(forbidden).toEqual(new Set());
    if (JSON.stringify(answer).includes('SECRET')) telling.add(answer.__typename);
  }
  expect([...telling].sort()).toEqual([
    'FactCorrected',
    'FactVoided',
    'FactsRecorded',
    'PartnerUpdated',
    'VersionConflict',
  ]);
});

test('what it brought in is answered, as far as the call changed it', async () => {
  promised(
    '`INGEST`: Of partners it reads what a mutation changed: what it sent, and the changes of status that followed.',
  );
  const told = async (source: string) => (await run(`mutation { r: ${source} }`, ingest)).data?.r;
  const partner = 'partner { externalRef name region country parent { externalRef } enrolledOn leftOn }';
  expect(
    await told(
      `enrollPartner(input: ${enroll('LATE')}) { ... on PartnerEnrolled { ${partner} statusChanges { version } } }`,
    ),
  ).toEqual({
    partner: {
      externalRef: 'LATE',
      name: 'OPEN LATE',
      region: 'OPEN region',
      country: 'AT',
      parent: { externalRef: 'SHOP' },
      enrolledOn: '2026-06-01',
      leftOn: null,
    },
    statusChanges: [{ version: 1 }],
  });
  const renamed = update('name: "OPEN name", country: "CH"');
  expect(
    await told(`updatePartner(input: ${renamed}) { ... on PartnerUpdated { partner { name country } } }`),
  ).toEqual({
    partner: { name: 'OPEN name', country: 'CH' },
  });
  // The same call again changes nothing, and reads nothing.
  const again = await run(
    `mutation { r: updatePartner(input: ${renamed}) { ... on PartnerUpdated { partner { name } } } }`,
    ingest,
  );
  expect(again.errors[0].extensions.code).toBe('FORBIDDEN');
  expect(
    await told(
      `recordFacts(input: ${record(fact('mine', '7'))}) { ... on FactsRecorded { rows { ... on RowRecorded { fact { externalId partner { externalRef } ... on RevenueFact { amount attributes { value } } } } } } }`,
    ),
  ).toEqual({
    rows: [
      {
        fact: {
          externalId: 'mine',
          partner: { externalRef: 'SHOP' },
          amount: '7',
          attributes: [{ value: 'OPEN' }],
        },
      },
    ],
  });
});

test('every mutation that it may use is among the calls, with every type that may answer it with more than a refusal', () => {
  const called = new Map(CALLS.map(([mutation, , type]) => [`${mutation} ${type}`, true]));
  for (const [name, roles] of Object.entries(ROOT_RULES)) {
    const [root, mutation = ''] = name.split('.');
    if (root !== 'Mutation' || !roles.includes('INGEST')) continue;
    const type = schema.getMutationType()?.getFields()[mutation]?.type;
    const union = schema.getType(String(type).replace('!', ''));
    if (!isUnionType(union)) throw new Error(`${mutation} answers with a union.`);
    for (const member of membersWithMore(union))
      expect([`${mutation} ${member}`, called.has(`${mutation} ${member}`)]).toEqual([
        `${mutation} ${member}`,
        true,
      ]);
  }
});

function membersWithMore(union: GraphQLUnionType): readonly string[] {
  const plain = new Set(['code', 'message', 'reason', 'path']);
  return union
    .getTypes()
    .filter((member) => Object.keys(member.getFields()).some((field) => !plain.has(field)))
    .map(({ name }) => name);
}
