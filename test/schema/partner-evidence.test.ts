import { graphql, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../schema/base/context.ts';
import { schema } from '../../schema/index.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/access/rights.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { createSmallProgram, day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let group: string;
let programId: string;
let now = Date.UTC(2026, 2, 1, 12);

/**
 * GROUP counts the revenue of its affiliate SHOP until that goes over to RIVAL, where it has another fact.
 */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const { app } = opened;
  programId = await createSmallProgram(app);
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } };
  await publish(app, 'small', { ...SMALL_RULEBOOK, measures }, '2026-03-01');
  const partners = (['GROUP', 'RIVAL', 'SHOP'] as const).map((externalRef) => ({
    externalRef,
    name: externalRef,
    country: 'DE',
    region: 'DACH',
    parent: externalRef === 'SHOP' ? 'GROUP' : null,
    enrolledOn: day('2020-01-01'),
  }));
  const { outcomes } = granted(await enrollPartners(app, { program: 'small', partners }));
  const [first] = outcomes;
  group = first === undefined ? '' : granted(first).partnerId;
  await record('of the group', 'GROUP', '2026-02-01');
  await record('of the shop', 'SHOP', '2026-02-01');
  now = Date.UTC(2026, 2, 10, 12);
  const move = { program: 'small', partner: 'SHOP', parent: 'RIVAL', firstOn: day('2026-03-05') };
  granted(await updatePartner(app, move));
  await record('of the shop at the rival', 'SHOP', '2026-03-06');
});

afterAll(() => opened.close());

async function record(externalId: string, partner: string, occurredOn: string): Promise<void> {
  now += 60_000;
  const facts = [revenue(externalId, partner, '60', occurredOn)];
  const recorded = { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' } as const;
  granted(await recordFacts(opened.app, recorded));
}

const EVIDENCE = /* GraphQL */ `
  query ($id: ID!, $on: Date!) {
    partner(by: { id: $id }) {
      standing(on: $on) {
        proof {
          requirement {
            ... on ThresholdProof {
              actual {
                value
                counted { totalCount nodes { externalId partner { name } } }
                excluded { totalCount nodes { reason fact { externalId partner { name } } } }
              }
            }
          }
        }
      }
    }
  }
`;

/** The number of the group that Silver asks for on a day, and the facts behind it, as somebody is told. */
async function evidenceOn(on: string, rights: Rights): Promise<unknown> {
  const { data, errors } = await graphql({
    schema,
    source: EVIDENCE,
    variableValues: { id: Buffer.from(`Partner:${group}`).toString('base64url'), on },
    contextValue: createContext({ ...opened, requestId: 'test', rights }),
  });
  expect(errors).toBeUndefined();
  const { partner } = data as { partner: { standing: { proof: { requirement: { actual?: unknown } }[] } } };
  return partner.standing.proof.find(({ requirement }) => requirement?.actual !== undefined)?.requirement
    .actual;
}

const OWN = { externalId: 'of the group', partner: { name: 'GROUP' } };
const OF_SHOP = { externalId: 'of the shop', partner: { name: 'SHOP' } };
const AT_RIVAL = { externalId: 'of the shop at the rival', partner: { name: 'SHOP' } };

test('who sees everything sees the facts of those who were affiliates, counted or not', async () => {
  expect(await evidenceOn('2026-03-04', ALL_RIGHTS)).toMatchObject({
    value: '120',
    counted: { totalCount: 2, nodes: [OWN, OF_SHOP] },
    excluded: { totalCount: 1, nodes: [{ reason: 'NOT_YET_VALID', fact: AT_RIVAL }] },
  });
  expect(await evidenceOn('2026-03-10', ALL_RIGHTS)).toMatchObject({
    value: '60',
    counted: { totalCount: 1, nodes: [OWN] },
    excluded: {
      totalCount: 2,
      nodes: [
        { reason: 'NOT_IN_FAMILY', fact: OF_SHOP },
        { reason: 'NOT_IN_FAMILY', fact: AT_RIVAL },
      ],
    },
  });
});

test('a partner sees none of who is its affiliate no longer, only what it came to', async () => {
  promised('`PARTNER`: Of former affiliates it reads only what they came to while they were affiliates.');
  const rights: Rights = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: group };
  const own = { counted: { totalCount: 1, nodes: [OWN] }, excluded: { totalCount: 0, nodes: [] } };
  expect(await evidenceOn('2026-03-04', rights)).toMatchObject({ value: '120', ...own });
  expect(await evidenceOn('2026-03-10', rights)).toMatchObject({ value: '60', ...own });
});

function asGroup(): Rights {
  return { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: group };
}

async function standingOf(rights: Rights, args = ''): Promise<{ readonly knownAt: string }> {
  const source = `query ($id: ID!) { partner(by: { id: $id }) { standing${args} {
    knownAt tier { code } proof { requirement { ... on ThresholdProof { actual { value counted { totalCount } excluded { totalCount } } } } } } } }`;
  const variableValues = { id: Buffer.from(`Partner:${group}`).toString('base64url') };
  const contextValue = createContext({ ...opened, requestId: 'test', rights });
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data)).partner.standing;
}

test('when something was recorded about a former affiliate a partner is told only where it makes a difference', async () => {
  const [before, all] = [await standingOf(asGroup()), await standingOf(ALL_RIGHTS)];
  await record('of the shop, of no matter', 'SHOP', '2026-03-08');
  expect(await standingOf(asGroup())).toEqual(before);
  expect((await standingOf(ALL_RIGHTS)).knownAt).not.toBe(all.knownAt);
  const then = await standingOf(asGroup(), '(on: "2026-03-04")');
  await record('of the shop, of old', 'SHOP', '2026-02-02');
  const since = await standingOf(asGroup(), '(on: "2026-03-04")');
  expect(since.knownAt > then.knownAt).toBe(true);
  // Asked again with it, each answer is the same.
  for (const told of [then, since]) {
    expect(await standingOf(asGroup(), `(on: "2026-03-04", knownAt: "${told.knownAt}")`)).toEqual(told);
  }
});

test('who follows its standing is sent nothing when something is recorded about a former affiliate', async () => {
  const events = await subscribe({
    schema,
    document: parse(
      'subscription { partnerStanding(partner: { ref: { program: "small", externalRef: "GROUP" } }) { proof { requirement { ... on ThresholdProof { actual { value } } } } } }',
    ),
    contextValue: createContext({ ...opened, requestId: 'test', rights: asGroup() }),
  });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events.errors));
  const next = async () => JSON.stringify((await events.next()).value?.data);
  expect(await next()).toContain('"value":"60"');
  await record('of the shop, while followed', 'SHOP', '2026-03-09');
  await record('of the group, while followed', 'GROUP', '2026-03-09');
  expect(await next()).toContain('"value":"120"');
  await events.return?.();
});
