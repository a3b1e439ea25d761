import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOUR_PARTNER } from '../../../src/demo/tour-partner.ts';
import { long } from '../../support/long.ts';
import { promised } from '../../support/promised.ts';
import { type Subscriber, startTestServer, type TestServer } from '../../support/test-server.ts';

// Long, since each change is a request of its own.
const CHANGES = long(30, 200);
let server: TestServer;
let shiftMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: (time) => time + shiftMs });
});
afterAll(() => server.close());

const STATUS_CHANGED = /* GraphQL */ `
  subscription ($after: String, $filter: StatusChangeFilter) {
    statusChanged(program: "connect", after: $after, filter: $filter) {
      __typename
      ... on Checkpoint { cursor caughtUp }
      ... on Resync { cursor reason }
      ... on StatusChanged {
        cursor
        change {
          __typename id on version trigger causeCount
          partner { externalRef }
          causes { externalId }
          en: explanation
          de: explanation(locale: DE)
          ... on TierChanged { from { code } to { code } direction since }
          ... on SpecializationLapsed { specialization { code } }
        }
      }
    }
  }
`;

const RECORD = /* GraphQL */ `
  mutation ($input: RecordFactsInput!) {
    recordFacts(input: $input) {
      __typename
      ... on FactsRecorded {
        rows {
          __typename
          ... on RowRecorded { index fact { id externalId } }
          ... on RowDuplicate { index fact { id externalId } }
          ... on RowRejected { index code path message }
        }
        statusChanges { __typename version }
      }
      ... on FactsRejected { code message rejections { index code path } }
    }
  }
`;

type Row = {
  readonly __typename: string;
  readonly index: number;
  readonly code?: string;
  readonly path?: string;
};
type Recorded = {
  readonly __typename: string;
  readonly rows: readonly Row[];
  readonly statusChanges: readonly { readonly __typename: string; readonly version: number }[];
  readonly rejections: readonly Row[];
};
type Event = {
  readonly __typename: string;
  readonly cursor: string;
  readonly caughtUp?: boolean;
  readonly change?: {
    readonly [field: string]: unknown;
    readonly version: number;
    readonly partner: { externalRef: string };
  };
};

async function record(facts: readonly object[], onError = 'SKIP_ROW'): Promise<Recorded> {
  const data = await server.ask(RECORD, { input: { program: 'connect', source: 'test', facts, onError } });
  return data.recordFacts as Recorded;
}
function revenue(externalId: string, partner: string, amount: string, occurredOn: string) {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { revenue: { amount, currency: 'EUR' } },
  };
}
async function nextEvent(subscriber: Subscriber): Promise<Event> {
  return (await subscriber.next()).statusChanged as Event;
}

/** The partner's own day, which is the programme's today. */
async function standingOf(externalRef: string) {
  const data = await server.ask(
    /* GraphQL */ `query ($ref: String!) {
      partner(by: { ref: { program: "connect", externalRef: $ref } }) {
        tier { code }
        judgedOn
        standing { on nextChangeOn knownAt computedTier { code } specializations { specialization { code } } }
      }
    }`,
    { ref: externalRef },
  );
  return data.partner as {
    tier: { code: string };
    judgedOn: string;
    standing: {
      on: string;
      nextChangeOn: string | null;
      computedTier: { code: string };
      specializations: { specialization: { code: string } }[];
    };
  };
}

describe('the main job', () => {
  test('a fact that lifts a partner reaches a WebSocket and an SSE subscriber once, explained in two languages; one that changes nothing sends nothing', async () => {
    promised('Once `recordFacts` answers, they are there, and on their way to every subscriber.');
    const subscribers = [
      server.subscribe('WEBSOCKET', STATUS_CHANGED),
      server.subscribe('SSE', STATUS_CHANGED),
    ];
    for (const subscriber of subscribers) {
      expect(await nextEvent(subscriber)).toMatchObject({ __typename: 'Checkpoint', caughtUp: true });
    }
    const { externalRef, missingRevenue } = TOUR_PARTNER;
    const { judgedOn, tier } = await standingOf(externalRef);
    expect(tier.code).toBe('SILVER');

    const nothing = await record([revenue('nothing', externalRef, '1', judgedOn)]);
    expect(nothing.statusChanges).toEqual([]);
    const lifted = await record([revenue('lift', externalRef, missingRevenue, judgedOn)]);
    expect(lifted.rows).toMatchObject([{ __typename: 'RowRecorded', index: 0 }]);
    expect(lifted.statusChanges).toMatchObject([{ __typename: 'TierChanged' }]);
    const there = /* GraphQL */ `query ($ref: String!) {
      partner(by: { ref: { program: "connect", externalRef: $ref } }) {
        tier { code }
        facts(first: 10) { nodes { externalId } }
        statusChanges(first: 1) { nodes { __typename causes { externalId } } }
      }
    }`;
    expect(await server.ask(there, { ref: externalRef })).toEqual({
      partner: {
        tier: { code: 'GOLD' },
        facts: { nodes: expect.arrayContaining([{ externalId: 'nothing' }, { externalId: 'lift' }]) },
        statusChanges: { nodes: [{ __typename: 'TierChanged', causes: [{ externalId: 'lift' }] }] },
      },
    });

    for (const subscriber of subscribers) {
      const event = await nextEvent(subscriber);
      expect(event).toMatchObject({
        __typename: 'StatusChanged',
        change: {
          __typename: 'TierChanged',
          on: judgedOn,
          trigger: 'FACT',
          partner: { externalRef },
          causes: [{ externalId: 'lift' }],
          causeCount: 1,
          from: { code: 'SILVER' },
          to: { code: 'GOLD' },
          direction: 'UP',
          since: judgedOn,
        },
      });
      expect(event.change?.en).toContain('Gold');
      expect(event.change?.de).toContain('Silber');
      expect(event.change?.de).not.toBe(event.change?.en);
    }
    // Whatever else had been sent would be there before the next change.
    await record([revenue('drop', externalRef, '-100000', judgedOn)]);
    for (const subscriber of subscribers) {
      expect(await nextEvent(subscriber)).toMatchObject({
        change: { to: { code: 'SILVER' }, direction: 'DOWN' },
      });
      expect(subscriber.waiting).toBe(0);
      await subscriber.stop();
    }
  });

  test(`a subscriber that comes back with its last cursor after ${CHANGES} changes gets exactly the missed ones, in order`, async () => {
    promised(
      'Keep the last one that you dealt with and subscribe `after` it: you get exactly what you missed, in order.',
    );
    const { externalRef } = TOUR_PARTNER;
    const { judgedOn } = await standingOf(externalRef);
    const before = server.subscribe('WEBSOCKET', STATUS_CHANGED);
    const { cursor } = await nextEvent(before);
    await before.stop();
    const versions: number[] = [];
    for (let index = 0; index < CHANGES; index++) {
      const amount = index % 2 === 0 ? '200000' : '-200000';
      const { statusChanges } = await record([revenue(`flip-${index}`, externalRef, amount, judgedOn)]);
      versions.push(...statusChanges.map(({ version }) => version));
    }
    expect(versions).toHaveLength(CHANGES);
    for (const transport of ['WEBSOCKET', 'SSE'] as const) {
      const again = server.subscribe(transport, STATUS_CHANGED, { after: cursor });
      expect(await nextEvent(again)).toMatchObject({ __typename: 'Checkpoint', cursor, caughtUp: false });
      const missed: Event[] = [];
      while (missed.length < CHANGES) missed.push(await nextEvent(again));
      expect(missed.map(({ change }) => change?.version)).toEqual(versions);
      expect(new Set(missed.map(({ change }) => change?.partner.externalRef))).toEqual(
        new Set([externalRef]),
      );
      expect(await nextEvent(again)).toMatchObject({
        __typename: 'Checkpoint',
        caughtUp: true,
        cursor: missed.at(-1)?.cursor,
      });
      expect(again.waiting).toBe(0);
      await again.stop();
    }
  });

  test('1000 rows sent twice are 1000 records, then 1000 duplicates; a changed row is a conflict that names it; REJECT_ALL writes nothing', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) =>
      revenue(`bulk-${index}`, 'P-00007', '0.01', '2026-01-15'),
    );
    const first = await record(rows);
    expect(first.rows.map((row) => row.__typename)).toEqual(Array(1000).fill('RowRecorded'));
    const second = await record(rows);
    expect(second.rows.map((row) => row.__typename)).toEqual(Array(1000).fill('RowDuplicate'));
    expect(second.statusChanges).toEqual([]);
    const third = await record(rows.with(500, revenue('bulk-500', 'P-00007', '0.02', '2026-01-15')));
    expect(third.rows.filter((row) => row.__typename === 'RowDuplicate')).toHaveLength(999);
    expect(third.rows[500]).toMatchObject({ __typename: 'RowRejected', index: 500, code: 'CONFLICT' });

    const mixed = [
      revenue('mixed-1', 'P-00007', '1', '2026-01-15'),
      revenue('mixed-2', 'P-00007', '1e9', '2026-01-15'),
    ];
    const refused = await record(mixed, 'REJECT_ALL');
    expect(refused).toMatchObject({
      __typename: 'FactsRejected',
      code: 'FACTS_REJECTED',
      rejections: [{ index: 1, code: 'INVALID_VALUE', path: 'facts[1].detail.revenue.amount' }],
    });
    const kept = await record(mixed);
    expect(kept.rows.map((row) => row.__typename)).toEqual(['RowRecorded', 'RowRejected']);
  });

  test('a certification that expires tomorrow: the lapse and the demotion are pushed on that day without a new fact', async () => {
    // A partner of its own, without a floor: it is enrolled under the new rules.
    const { judgedOn } = await standingOf(TOUR_PARTNER.externalRef);
    const tomorrow = Temporal.PlainDate.from(judgedOn).add({ days: 1 }).toString();
    const enrolled = await server.ask(
      /* GraphQL */ `mutation ($input: EnrollPartnerInput!) { enrollPartner(input: $input) { __typename } }`,
      { input: { program: 'connect', externalRef: 'NEW', name: 'New', country: 'DE', region: 'DACH' } },
    );
    expect(enrolled.enrollPartner).toEqual({ __typename: 'PartnerEnrolled' });
    const certification = (person: string, credential: string, expiresOn: string) => ({
      externalId: `cert-${person}`,
      partner: 'NEW',
      occurredOn: '2026-01-15',
      detail: { certification: { person, credential, expiresOn } },
    });
    const satisfaction = Array.from({ length: 5 }, (_, index) => ({
      externalId: `answer-${index}`,
      partner: 'NEW',
      occurredOn: judgedOn,
      detail: { satisfaction: { score: '9', customer: `c-${index}` } },
    }));
    const { statusChanges } = await record([
      revenue('revenue', 'NEW', '150000', judgedOn),
      certification('ann', 'VIDEO_SALES', tomorrow),
      certification('bob', 'VIDEO_SALES', '2099-01-01'),
      certification('cyd', 'VIDEO_DESIGN', '2099-01-01'),
      ...satisfaction,
    ]);
    expect(statusChanges.map((change) => change.__typename).sort()).toEqual([
      'SpecializationEarned',
      'TierChanged',
    ]);
    expect(await standingOf('NEW')).toMatchObject({
      tier: { code: 'SILVER' },
      standing: { nextChangeOn: tomorrow },
    });

    const subscriber = server.subscribe('WEBSOCKET', STATUS_CHANGED);
    await nextEvent(subscriber);
    shiftMs = 24 * 60 * 60 * 1000;
    server.wakeDueWork();
    const own: Event[] = [];
    while (own.length < 2) {
      const event = await nextEvent(subscriber);
      if (event.change?.partner.externalRef === 'NEW') own.push(event);
    }
    expect(own.map(({ change }) => change)).toMatchObject([
      {
        __typename: 'TierChanged',
        on: tomorrow,
        trigger: 'TIME',
        from: { code: 'SILVER' },
        to: { code: 'AUTHORIZED' },
        direction: 'DOWN',
        causes: [{ externalId: 'cert-ann' }],
      },
      {
        __typename: 'SpecializationLapsed',
        on: tomorrow,
        trigger: 'TIME',
        specialization: { code: 'VIDEO' },
      },
    ]);
    expect(await standingOf('NEW')).toMatchObject({ tier: { code: 'AUTHORIZED' }, judgedOn: tomorrow });
    await subscriber.stop();
  });
});
