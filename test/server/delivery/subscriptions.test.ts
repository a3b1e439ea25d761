import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { long } from '../../support/long.ts';
import { promised } from '../../support/promised.ts';
import { type LiveGraph, startLiveGraph, TRANSPORTS } from '../support/live-graph.ts';

let graph: LiveGraph;
let programs = 0;
let program = '';

/** A programme of the test's own with partners; each enrolment is one change. */
async function startProgram(...partners: string[]): Promise<void> {
  programs += 1;
  program = `small-${programs}`;
  await createSmallProgram(graph.app, program);
  if (partners.length > 0) await enroll(graph.app, partners, program);
}

async function record(...facts: ReturnType<typeof revenue>[]): Promise<void> {
  granted(await recordFacts(graph.app, { program, source: 'crm', facts, onError: 'REJECT_ALL' }));
}

const CHANGED = /* GraphQL */ `
  subscription ($program: String!, $filter: StatusChangeFilter, $after: String) {
    statusChanged(program: $program, filter: $filter, after: $after) {
      __typename
      ... on StatusChanged {
        cursor
        change {
          version
          causes {
            externalId
          }
          en: explanation
          de: explanation(locale: DE)
          partner {
            externalRef
          }
          ... on TierChanged {
            from {
              code
            }
            to {
              code
            }
          }
        }
      }
      ... on Checkpoint {
        cursor
        caughtUp
      }
      ... on Resync {
        cursor
        reason
      }
    }
  }
`;

type Event = {
  __typename: string;
  cursor: string;
  change: { version: number; partner: { externalRef: string } };
};

/** The next events of a subscription, without what carries them. */
async function take(events: AsyncIterableIterator<unknown>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('The subscription ended.');
    expect(value).not.toHaveProperty('errors');
    taken.push((value as { data: { statusChanged: Event } }).data.statusChanged);
  }
  return taken;
}

// Long, since each change is a write of its own.
const MISSED = long(40, 200);
const TIERS_ONLY = { types: ['TIER_CHANGED'] };

describe('subscriptions', () => {
  beforeAll(async () => {
    graph = await startLiveGraph();
  });

  afterAll(async () => {
    await graph.close();
    expect(graph.log.problems).toEqual([]);
  });

  describe.each(TRANSPORTS)('over $name, a subscriber', ({ subscribe }) => {
    test('gets a change once, with what it was, why, and in two languages; and nothing when nothing changes', async () => {
      await startProgram('A');
      const events = subscribe(graph.url, CHANGED, { program, filter: TIERS_ONLY });
      expect(await take(events, 1)).toEqual([
        { __typename: 'Checkpoint', cursor: expect.any(String), caughtUp: true },
      ]);
      await record(revenue('small', 'A', '1', '2026-11-23'));
      await record(revenue('large', 'A', '99', '2026-11-23'));
      await record(revenue('less', 'A', '5', '2026-11-23'));
      await record(revenue('return', 'A', '-50', '2026-11-23'));
      const [up, down] = await take(events, 2);
      expect(up).toEqual({
        __typename: 'StatusChanged',
        cursor: expect.any(String),
        change: {
          version: 2,
          causes: [{ externalId: 'large' }],
          en: 'On 2026-11-23 the tier rose from Base to Silver because of new data.',
          de: 'Aufgrund neuer Daten stieg der Status am 23.11.2026 von Base auf Silver.',
          partner: { externalRef: 'A' },
          from: { code: 'BASE' },
          to: { code: 'SILVER' },
        },
      });
      expect(down).toMatchObject({
        change: { version: 3, causes: [{ externalId: 'return' }], to: { code: 'BASE' } },
      });
      await events.return?.();
    });

    test('that comes back with its last cursor gets exactly what it missed, in order', async () => {
      const refs = Array.from({ length: MISSED }, (_, index) => `P${index}`);
      await startProgram(...refs);
      const events = subscribe(graph.url, CHANGED, { program, filter: TIERS_ONLY });
      await take(events, 1);
      await record(revenue('first', 'P0', '100', '2026-11-23'));
      const [last] = await take(events, 1);
      await events.return?.();

      await record(...refs.slice(1).map((ref) => revenue(ref, ref, '100', '2026-11-23')));
      await record(revenue('back', 'P0', '-100', '2026-11-23'));

      const again = subscribe(graph.url, CHANGED, { program, filter: TIERS_ONLY, after: last?.cursor });
      const [checkpoint, ...missed] = await take(again, MISSED + 1);
      expect(checkpoint).toEqual({ __typename: 'Checkpoint', cursor: last?.cursor, caughtUp: false });
      expect(missed.map(({ change }) => change.partner.externalRef).sort()).toEqual(
        [...refs.slice(1), 'P0'].sort(),
      );
      expect(missed.at(-1)?.change).toMatchObject({ version: 3, partner: { externalRef: 'P0' } });
      expect(await take(again, 1)).toEqual([
        { __typename: 'Checkpoint', cursor: missed.at(-1)?.cursor, caughtUp: true },
      ]);
      await again.return?.();
    });

    test('whose cursor names an entry that the log does not have is told to ask again', async () => {
      promised(
        'A cursor whose place is gone, as after a restore from a backup, is answered with `Resync`, never with silence.',
      );
      await startProgram('A');
      const text = Buffer.from(
        Buffer.from((await take(subscribe(graph.url, CHANGED, { program }), 1))[0]?.cursor ?? '', 'base64url')
          .toString()
          .replace(/.{8}$/, '00000000'),
      ).toString('base64url');
      const events = subscribe(graph.url, CHANGED, { program, after: text });
      expect(await take(events, 1)).toEqual([
        { __typename: 'Resync', cursor: expect.any(String), reason: 'HISTORY_REPLACED' },
      ]);
      await record(revenue('1', 'A', '100', '2026-11-23'));
      expect(await take(events, 1)).toMatchObject([{ change: { version: 2 } }]);
      await events.return?.();
    });

    test.each([
      [{ program: 'none' }, 'There is no programme with the code "none".'],
      [{ after: 'x' }, "This is not a cursor of this programme's log."],
      [{ filter: { partners: ['x'] } }, 'This is not the id of a Partner.'],
    ])('that asks for %j is told what is wrong', async (variables, message) => {
      await startProgram();
      const events = subscribe(graph.url, CHANGED, { program, ...variables });
      const { value } = await events.next();
      expect(value).toMatchObject({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    });

    test('of a standing gets it now, and then each new one, changes of numbers alone included', async () => {
      await startProgram('A');
      const STANDING = /* GraphQL */ `
      subscription ($program: String!) {
        partnerStanding(partner: { ref: { program: $program, externalRef: "A" } }) {
          tier {
            code
          }
          next {
            missing {
              ... on ThresholdProof {
                shortfall
              }
            }
          }
        }
      }
    `;
      const events = subscribe(graph.url, STANDING, { program });
      const next = async (): Promise<unknown> => {
        const { value } = await events.next();
        expect(value).not.toHaveProperty('errors');
        return (value as { data: { partnerStanding: unknown } }).data.partnerStanding;
      };
      expect(await next()).toEqual({ tier: { code: 'BASE' }, next: { missing: [{ shortfall: '100' }] } });
      await record(revenue('1', 'A', '40', '2026-11-23'));
      expect(await next()).toEqual({ tier: { code: 'BASE' }, next: { missing: [{ shortfall: '60' }] } });
      await record(revenue('2', 'A', '60', '2026-11-23'));
      expect(await next()).toMatchObject({ tier: { code: 'SILVER' } });
      await events.return?.();
    });

    test('of the standing of nobody is told so', async () => {
      const events = subscribe(
        graph.url,
        'subscription { partnerStanding(partner: { id: "x" }) { on } }',
        {},
      );
      const { value } = await events.next();
      expect(value).toMatchObject({ errors: [{ message: 'There is no such partner.' }] });
    });
  });
});
