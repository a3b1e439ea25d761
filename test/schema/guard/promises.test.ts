import { getNamedType, isObjectType, isUnionType, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import { ALL_RIGHTS } from '../../../src/app/access/rights.ts';
import { createSmallProgram, enroll, publish, SMALL_RULEBOOK } from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';
import { answer, ask } from '../ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  await createSmallProgram(opened.app);
  await createSmallProgram(opened.app, 'second');
  await enroll(opened.app, ['A', 'B', 'C', 'D', 'E', 'F']);
  await enroll(opened.app, ['A'], 'second');
});
afterAll(() => opened.close());

function sale(externalId: string, partner: string, amount: string, occurredOn = '2026-11-01') {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { revenue: { amount, currency: 'EUR' } },
  };
}

type Recorded = {
  readonly rows: readonly { readonly __typename: string }[];
  readonly statusChanges: unknown[];
};

async function record(facts: readonly object[], source = 'crm', program = 'small'): Promise<Recorded> {
  const mutation = `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded {
    rows { __typename } statusChanges { version } } } }`;
  const data = (await answer(opened, mutation, { input: { program, source, facts } })) as {
    recordFacts: Recorded;
  };
  return data.recordFacts;
}

function typesOf({ rows }: Recorded) {
  return rows.map(({ __typename }) => __typename);
}

test(
  promised('Nothing is overwritten: Facts are only added; a correction is a new version, and so is a void.'),
  async () => {
    const before = await opened.app.database.prisma.fact.findMany();
    await record([sale('versions', 'A', '10')]);
    const stored = await opened.app.database.prisma.fact.findMany({ where: { externalId: 'versions' } });
    const key = { program: 'small', source: 'crm', externalId: 'versions' };
    const { partner, occurredOn, detail } = sale('', 'A', '20');
    const versions =
      '... on AmendedFact { fact { versions { nodes { version isVoid ... on RevenueFact { amount } } } } }';
    await answer(
      opened,
      'mutation ($input: CorrectFactInput!) { correctFact(input: $input) { __typename } }',
      {
        input: { ...key, expectedVersion: 1, fact: { partner, occurredOn, detail } },
      },
    );
    const voided = await answer(
      opened,
      `mutation ($input: VoidFactInput!) { voidFact(input: $input) { ${versions} } }`,
      { input: { ...key, expectedVersion: 2 } },
    );
    expect(voided).toMatchObject({
      voidFact: {
        fact: {
          versions: {
            nodes: [
              { version: 1, isVoid: false, amount: '10' },
              { version: 2, isVoid: false, amount: '20' },
              { version: 3, isVoid: true },
            ],
          },
        },
      },
    });
    const after = await opened.app.database.prisma.fact.findMany();
    expect(after).toHaveLength(before.length + 3);
    expect(after.map(({ id, value }) => [id, String(value)])).toEqual(
      expect.arrayContaining([...before, ...stored].map(({ id, value }) => [id, String(value)])),
    );
  },
);

test(
  promised(
    'The same row under the same key (programme, source, `externalId`) is a duplicate and changes nothing, so whatever is in doubt can be sent again.',
  ),
  async () => {
    const row = sale('twice', 'B', '150');
    const first = await record([row]);
    expect([typesOf(first), first.statusChanges]).toEqual([
      ['RowRecorded'],
      [expect.anything(), expect.anything()],
    ]);
    const counts = async () => [
      await opened.app.database.prisma.fact.count(),
      await opened.app.database.prisma.statusChange.count(),
    ];
    const before = await counts();
    for (let time = 0; time < 3; time++) {
      const again = await record([row]);
      expect([typesOf(again), again.statusChanges]).toEqual([['RowDuplicate'], []]);
    }
    expect(await counts()).toEqual(before);
    // Each part of the key tells it from another row.
    expect(typesOf(await record([{ ...row, externalId: 'twice more' }]))).toEqual(['RowRecorded']);
    expect(typesOf(await record([row], 'erp'))).toEqual(['RowRecorded']);
    expect(typesOf(await record([{ ...row, partner: 'A' }], 'crm', 'second'))).toEqual(['RowRecorded']);
  },
);

test(
  promised(
    "What looks the same is the same: A text that names something (references, ids, sources, persons, customers, credentials, codes, attributes) is read in one form: odd spaces are spaces, what can't be seen at its ends is gone, the rest is in Unicode's form NFC.",
  ),
  async () => {
    const plain = 'Bö 1';
    const odd = '\u200b \u00a0Bo\u0308\u20031\u00a0\ufeff';
    const ends = (text: string) => `\u200b${text}\u00a0`;
    await enroll(opened.app, [plain]);
    const attribute = (name: string, value: string) => ({ attributes: [{ name, value }] });
    const rows = (text: string, code: string, credential: string) => [
      {
        externalId: `${text}`,
        partner: text,
        occurredOn: '2026-11-01',
        detail: { certification: { person: text, credential, ...attribute(code, text) } },
      },
      {
        externalId: text === plain ? `c ${plain}` : '\u200bc Bo\u0308\u20031\ufeff',
        partner: text,
        occurredOn: '2026-11-01',
        detail: { satisfaction: { score: '9', customer: text, respondent: text } },
      },
    ];
    expect(typesOf(await record(rows(plain, 'area', plain), plain))).toEqual(['RowRecorded', 'RowRecorded']);
    expect(typesOf(await record(rows(odd, ends('area'), odd), odd, ends('small')))).toEqual([
      'RowDuplicate',
      'RowDuplicate',
    ]);
    const query = `query ($by: PartnerLocator!) { partner(by: $by) { externalRef facts { nodes { externalId source
      ... on CertificationFact { person credential attributes { name value } } ... on SatisfactionFact { customer respondent } } } } }`;
    const by = { ref: { program: ends('small'), externalRef: odd } };
    expect(await answer(opened, query, { by })).toEqual({
      partner: {
        externalRef: plain,
        facts: {
          nodes: expect.arrayContaining([
            {
              externalId: plain,
              source: plain,
              person: plain,
              credential: plain,
              attributes: [{ name: 'area', value: plain }],
            },
            { externalId: `c ${plain}`, source: plain, customer: plain, respondent: plain },
          ]),
        },
      },
    });
  },
);

/** Subscribes to the programme as somebody who sees everything. */
async function follow(after: string | null, fields: string) {
  const events = await subscribe({
    schema,
    document: parse(
      `subscription ($after: String) { statusChanged(program: "small", after: $after) { __typename ${fields} } }`,
    ),
    variableValues: { after },
    contextValue: createContext({ ...opened, requestId: 'test', rights: ALL_RIGHTS }),
  });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events.errors));
  return {
    async next() {
      const { value } = await events.next();
      return JSON.parse(JSON.stringify(value?.data?.statusChanged));
    },
    stop: () => events.return?.(),
  };
}

test(promised('Cursors: Every event of `statusChanged` carries a place in the log.'), async () => {
  const union = getNamedType(schema.getSubscriptionType()?.getFields().statusChanged?.type);
  if (!isUnionType(union)) throw new Error('its events are of several types');
  const types = union.getTypes();
  expect(types.map(({ name }) => name).sort()).toEqual(['Checkpoint', 'Resync', 'StatusChanged']);
  for (const type of types) expect(String(type.getFields().cursor?.type)).toBe('String!');
  // And each is one that a subscriber may go on from.
  const fields = types.map(({ name }) => `... on ${name} { cursor }`).join(' ');
  const events = await follow(null, fields);
  const start = await events.next();
  await record([sale('cursor', 'C', '150')]);
  const change = await events.next();
  expect([start.__typename, change.__typename]).toEqual(['Checkpoint', 'StatusChanged']);
  await events.stop();
  const again = await follow(start.cursor, fields);
  expect([(await again.next()).__typename, await again.next()]).toEqual(['Checkpoint', change]);
  await again.stop();
});

test(
  promised(
    'For a list that stays true, ask for `Program.cursor` first, then for the list, then subscribe after that cursor.',
  ),
  async () => {
    type Row = { readonly externalRef: string; readonly tier: { readonly code: string } };
    const list = async (): Promise<Map<string, string>> => {
      const data = (await answer(
        opened,
        '{ partners(program: "small", first: 100) { nodes { externalRef tier { code } } } }',
      )) as { partners: { nodes: Row[] } };
      return new Map(data.partners.nodes.map(({ externalRef, tier }) => [externalRef, tier.code]));
    };
    await record([sale('list 1', 'D', '150')]);
    const { program } = (await answer(opened, '{ program(code: "small") { cursor } }')) as {
      program: { cursor: string };
    };
    // Something changes before the list is read, and something before its reader subscribes.
    await record([sale('list 2', 'E', '150')]);
    const mine = await list();
    await record([sale('list 3', 'F', '150'), sale('list 4', 'D', '-100')]);
    const events = await follow(
      program.cursor,
      '... on Checkpoint { caughtUp } ... on StatusChanged { change { partner { externalRef } ... on TierChanged { to { code } } } }',
    );
    await record([sale('list 5', 'A', '150')]);
    for (let isTrue = false; !isTrue; ) {
      const event = await events.next();
      if (event.change?.to) mine.set(event.change.partner.externalRef, event.change.to.code);
      isTrue = event.caughtUp === true;
    }
    await events.stop();
    expect([...mine].sort()).toEqual([...(await list())].sort());
    expect(mine.get('A')).toBe('SILVER');
  },
);

test(
  promised(
    'Time is an event: `nextChangeOn` is the first day on which a standing differs if nothing new arrives.',
  ),
  async () => {
    await enroll(opened.app, ['T']);
    const certification = { person: 'ann', credential: 'VIDEO', expiresOn: '2026-12-05' };
    await record([
      { externalId: 'time 1', partner: 'T', occurredOn: '2026-01-01', detail: { certification } },
      sale('time 2', 'T', '1500', '2025-12-20'),
    ]);
    const selection = 'on nextChangeOn tier { code } specializations { specialization { code } }';
    const standingOn = async (on: string) => {
      const source = `{ partner(by: { ref: { program: "small", externalRef: "T" } }) { standing(on: "${on}") { ${selection} } } }`;
      const data = (await answer(opened, source)) as {
        partner: { standing: { on: string; nextChangeOn: string | null } };
      };
      const { on: _, nextChangeOn, ...verdict } = data.partner.standing;
      return { nextChangeOn, verdict };
    };
    const seen: (string | null)[] = [];
    let from = '2026-11-23';
    for (;;) {
      const { nextChangeOn, verdict } = await standingOn(from);
      seen.push(nextChangeOn);
      if (nextChangeOn === null) break;
      let day = Temporal.PlainDate.from(from).add({ days: 1 });
      for (; day.toString() !== nextChangeOn; day = day.add({ days: 1 })) {
        expect([day.toString(), await standingOn(day.toString())]).toEqual([
          day.toString(),
          { nextChangeOn, verdict },
        ]);
      }
      expect((await standingOn(nextChangeOn)).verdict).not.toEqual(verdict);
      from = nextChangeOn;
    }
    expect(seen).toEqual(['2026-12-05', '2026-12-20', null]);
  },
);

test(
  promised('Exact numbers: Nothing is rounded before it is compared; rounding is for display.'),
  async () => {
    const average = (atLeast: string) => ({
      ...SMALL_RULEBOOK,
      measures: {
        revenue: {
          name: { en: 'Answers', de: 'Antworten' },
          metric: {
            fact: 'satisfaction',
            aggregate: 'AVERAGE',
            window: { trailing: { months: 12 } },
          },
        },
      },
      specializations: [],
      remap: { GOLD: 'SILVER' },
      tiers: [
        SMALL_RULEBOOK.tiers[0],
        { code: 'SILVER', name: { en: 'S', de: 'S' }, requirement: { measure: 'revenue', atLeast } },
      ],
    });
    // The average of 8, 8 and 9 is 8.333..., which no number with a point says.
    for (const [code, atLeast, outcome] of [
      ['below', '8.333333', 'MET'],
      ['above', '8.333334', 'UNMET'],
    ] as const) {
      await createSmallProgram(opened.app, code);
      await publish(opened.app, code, average(atLeast), '2026-11-23');
      await enroll(opened.app, ['A'], code);
      const answers = ['8', '8', '9'].map((score, index) => ({
        externalId: `${index}`,
        partner: 'A',
        occurredOn: '2026-11-01',
        detail: { satisfaction: { score } },
      }));
      await record(answers, 'crm', code);
      const source = `{ partner(by: { ref: { program: "${code}", externalRef: "A" } }) { standing { proof { tier { code } outcome requirement { explanation } } } } }`;
      const data = (await answer(opened, source)) as {
        partner: { standing: { proof: { outcome: string; requirement: { explanation: string } }[] } };
      };
      const [silver] = data.partner.standing.proof;
      expect(silver?.outcome).toBe(outcome);
      expect(silver?.requirement.explanation).toMatch(/measured \D*8\.33/);
    }
  },
);

test(promised('`PARTNER`: Of its peers it reads only counts of groups of 5 or more.'), async () => {
  const programId = await createSmallProgram(opened.app, 'peers');
  const [own = ''] = await enroll(opened.app, ['OWN', 'P1', 'P2', 'P3', 'P4', 'P5'], 'peers');
  await record([sale('1', 'P1', '150')], 'crm', 'peers');
  const rights = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: own } as const;
  const source = `{ program(code: "peers") { distribution { tier { code } count } }
    partners(program: "peers") { totalCount nodes { externalRef } }
    statusChanges(program: "peers") { nodes { partner { externalRef } } }
    partner(by: { ref: { program: "peers", externalRef: "P1" } }) { name } }`;
  const distribution = async () => {
    const { data } = JSON.parse(JSON.stringify(await ask(opened, source, {}, rights)));
    return data.program.distribution;
  };
  // Five have the tier, but with its own they are four peers.
  expect(await distribution()).toContainEqual({ tier: { code: 'BASE' }, count: null });
  await enroll(opened.app, ['P6'], 'peers');
  expect(JSON.parse(JSON.stringify(await ask(opened, source, {}, rights)))).toEqual({
    data: {
      program: {
        distribution: [
          { tier: { code: 'GOLD' }, count: null },
          { tier: { code: 'SILVER' }, count: null },
          { tier: { code: 'BASE' }, count: 6 },
        ],
      },
      partners: { totalCount: 1, nodes: [{ externalRef: 'OWN' }] },
      statusChanges: { nodes: [{ partner: { externalRef: 'OWN' } }] },
      partner: null,
    },
  });
});

test('what is expected to happen is a Refusal, and no error', async () => {
  promised(
    "What is expected to happen, such as a conflict or a programme that is not there, is no error but a member of a mutation's result that implements `Refusal`.",
  );
  const refused: unknown[] = [];
  const source = (program: string) => `mutation {
    a: voidFact(input: { program: "${program}", source: "crm", externalId: "twice", expectedVersion: 7 }) { ... on Refusal { __typename code message } }
    b: enrollPartner(input: { program: "${program}", externalRef: "A", name: "x", country: "DE", region: "DACH" }) { ... on Refusal { __typename code message } }
  }`;
  for (const program of ['small', 'none']) {
    const { a, b } = (await answer(opened, source(program))) as Record<string, { code: string }>;
    refused.push(a?.code, b?.code);
  }
  expect(refused).toEqual(['VERSION_CONFLICT', 'PARTNER_EXISTS', 'PROGRAM_NOT_FOUND', 'PROGRAM_NOT_FOUND']);
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const union = getNamedType(field.type);
    if (!isUnionType(union)) throw new Error(`${field.name} has one result only`);
    const refusals = union
      .getTypes()
      .filter((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Refusal'));
    expect([field.name, refusals.length > 0]).toEqual([field.name, true]);
  }
});
