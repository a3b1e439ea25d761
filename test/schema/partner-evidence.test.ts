import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { enrollPartners } from '../../src/app/enroll-partners.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { recordFacts } from '../../src/app/record-facts.ts';
import { ALL_RIGHTS, type Rights } from '../../src/app/rights.ts';
import { updatePartner } from '../../src/app/update-partner.ts';
import { createSmallProgram, day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let group: string;
let programId: string;
let now = Date.UTC(2026, 2, 1, 12);

/** GROUP counts the revenue of its affiliate SHOP until that goes over to RIVAL, where it has another fact. */
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
  const record = async (externalId: string, partner: string, occurredOn: string): Promise<void> => {
    const facts = [revenue(externalId, partner, '60', occurredOn)];
    granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  };
  await record('of the group', 'GROUP', '2026-02-01');
  await record('of the shop', 'SHOP', '2026-02-01');
  now = Date.UTC(2026, 2, 10, 12);
  const move = { program: 'small', partner: 'SHOP', parent: 'RIVAL', firstOn: day('2026-03-05') };
  granted(await updatePartner(app, move));
  await record('of the shop at the rival', 'SHOP', '2026-03-06');
});

afterAll(() => opened.close());

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
  const rights: Rights = { ...ALL_RIGHTS, role: 'PARTNER', programs: [programId], partner: group };
  const own = { counted: { totalCount: 1, nodes: [OWN] }, excluded: { totalCount: 0, nodes: [] } };
  expect(await evidenceOn('2026-03-04', rights)).toMatchObject({ value: '120', ...own });
  expect(await evidenceOn('2026-03-10', rights)).toMatchObject({ value: '60', ...own });
});
