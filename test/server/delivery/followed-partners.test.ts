import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { encodeGlobalId } from '../../../schema/base/global-id.ts';
import type { Session } from '../../../src/app/access/authenticate.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../../src/app/writing/update-partner.ts';
import { createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { long } from '../../support/long.ts';
import { type LiveGraph, startLiveGraph } from '../support/live-graph.ts';

type Change = { change: { partner: { name: string } } };
type Event = { cursor: string } & Partial<Change>;

const CHANGES = `subscription ($after: String) {
  statusChanged(program: "small", after: $after) {
    ... on StatusChanged { cursor change { partner { name } explanation } }
    ... on Checkpoint { cursor }
  }
}`;

let graph: LiveGraph;
let statements: string[];
let programId: string;
let ids: ReadonlyMap<string, string>;
let sent = 0;
let clients: (() => void)[];

/** A token is a role and, for a partner, its reference. */
async function identify(token: string | null): Promise<Session> {
  const [role, ref = ''] = (token ?? '').split(' ');
  if (role !== 'READER' && role !== 'PARTNER') throw new Error(`no such role: ${token}`);
  const partner = ids.get(ref) ?? null;
  return {
    rights: { role, programs: [programId], partner, identity: `key:${token}`, expiresAt: null },
    findEnd: async () => null,
  };
}

beforeEach(async () => {
  statements = [];
  clients = [];
  graph = await startLiveGraph({ identify }, (sql) => statements.push(sql));
  programId = await createSmallProgram(graph.app);
  const refs = ['TOP', 'CHILD', 'PEER'];
  const enrolled = await enroll(graph.app, refs);
  ids = new Map(refs.map((ref, index) => [ref, enrolled[index] ?? '']));
  await move('TOP');
});
afterEach(async () => {
  for (const dispose of clients) dispose();
  await graph.close();
  expect(graph.log.problems).toEqual([]);
});

async function move(parent: string | null): Promise<void> {
  granted(await updatePartner(graph.app, { program: 'small', partner: 'CHILD', firstOn: null, parent }));
}

/** Lifts partners to Silver, or drops them again. */
async function flip(refs: readonly string[], amount: string): Promise<void> {
  const facts = refs.map((ref) => revenue(`f-${sent++}`, ref, amount, '2026-11-23'));
  granted(await recordFacts(graph.app, { program: 'small', source: 's', facts, onError: 'REJECT_ALL' }));
}

function subscribe(token: string, query: string, variables: Record<string, unknown> = {}) {
  const client = createClient({
    url: `${graph.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: token },
    retryAttempts: 0,
  });
  clients.push(() => void client.dispose());
  const results = client.iterate<Record<string, unknown>, never>({ query, variables });
  const next = async <T>(field: string): Promise<T> => {
    const { value } = await results.next();
    if (value?.data == null) throw new Error(JSON.stringify(value));
    return value.data[field] as T;
  };
  return { results, next };
}
async function follow(token: string, after?: string, query = CHANGES) {
  const { next } = subscribe(token, query, { after });
  const first = await next<Event>('statusChanged');
  return { first, next: () => next<Event>('statusChanged') };
}
function nameIn({ change }: Event): string | undefined {
  return change?.partner.name;
}

describe('a partner that follows the log', () => {
  test('gets its own changes and those of its affiliates, also what it missed, and of others nothing', async () => {
    const top = await follow('PARTNER TOP');
    await flip(['PEER', 'CHILD', 'TOP'], '150');
    const [one, two] = [await top.next(), await top.next()];
    expect([one, two].map(nameIn).sort()).toEqual(['Partner CHILD', 'Partner TOP']);
    const again = await follow('PARTNER TOP', top.first.cursor);
    expect([nameIn(await again.next()), nameIn(await again.next())]).toEqual([one, two].map(nameIn));
    expect(nameIn(await again.next())).toBeUndefined();
  });

  test('is told nothing of one that is no affiliate any more, and passes over what that was', async () => {
    const top = await follow('PARTNER TOP');
    await flip(['CHILD'], '150');
    expect(nameIn(await top.next())).toBe('Partner CHILD');
    await move(null);
    await flip(['CHILD'], '-150');
    await flip(['TOP'], '150');
    expect(nameIn(await top.next())).toBe('Partner TOP');
    const { position } = graph.tail.head(programId);

    // Another document, as what was executed a second ago would be given again.
    const again = await follow('PARTNER TOP', top.first.cursor, `${CHANGES} # again`);
    const passed = await again.next();
    expect(nameIn(passed)).toBeUndefined();
    expect(passed.cursor).not.toBe(top.first.cursor);
    expect(nameIn(await again.next())).toBe('Partner TOP');
    expect(graph.tail.log(programId).entryAt(position)).toMatchObject({ familyIds: [ids.get('TOP')] });
  });

  test('costs nothing when others change', async () => {
    await follow('PARTNER TOP');
    const reader = await follow('READER');
    statements.length = 0;
    await flip(['PEER'], '150');
    expect(nameIn(await reader.next())).toBe('Partner PEER');
    // The reader's own: a partner's would ask for its family.
    const reads = statements.filter((sql) =>
      sql.includes('(SELECT * FROM partner WHERE id = key.id OFFSET 0) AS p'),
    );
    expect(reads).toHaveLength(1);
    expect(reads[0]).not.toContain('RECURSIVE');
  });
});

test('a standing is followed by a partner for as long as it may see it', async () => {
  const query = (ref: string) =>
    `subscription { partnerStanding(partner: { id: "${encodeGlobalId('Partner', ids.get(ref) ?? '')}" }) { tier { code } } }`;
  const [own, affiliates] = ['TOP', 'CHILD'].map((ref) => subscribe('PARTNER TOP', query(ref)));
  if (!own || !affiliates) throw new Error('Two were subscribed.');
  const tierOf = async ({ next }: typeof own) =>
    (await next<{ tier: { code: string } }>('partnerStanding')).tier.code;
  expect([await tierOf(own), await tierOf(affiliates)]).toEqual(['BASE', 'BASE']);
  await flip(['TOP', 'CHILD', 'PEER'], '150');
  expect([await tierOf(own), await tierOf(affiliates)]).toEqual(['SILVER', 'SILVER']);
  await move(null);
  expect(await affiliates.results.next()).toEqual({ done: true, value: undefined });
  await flip(['TOP'], '-150');
  expect(await tierOf(own)).toBe('BASE');
});

// Long, since a cost per subscriber shows only with hundreds of them.
const COUNTS = long([1, 20], [1, 20, 200]);

describe.each([
  ['the log', CHANGES, 'statusChanged'],
  ['a standing', '', 'partnerStanding'],
])('%s', (_, text, field) => {
  test(`followed by ${COUNTS.join()} asks the database the same`, async () => {
    const id = encodeGlobalId('Partner', ids.get('TOP') ?? '');
    const query = text || `subscription { partnerStanding(partner: { id: "${id}" }) { on tier { code } } }`;
    const counts: number[] = [];
    const subscribers: ReturnType<typeof subscribe>[] = [];
    for (const count of COUNTS) {
      while (subscribers.length < count) {
        const subscriber = subscribe('READER', query);
        await subscriber.next(field);
        subscribers.push(subscriber);
      }
      // Once to be sure that all are waiting, and then counted.
      for (const amount of ['150', '-150']) {
        statements.length = 0;
        const all = subscribers.map(({ next }) => next(field));
        await flip(['TOP'], amount);
        await Promise.all(all);
        await graph.tail.refresh(programId);
      }
      // Those that the log or the standings are looked for with come as often as somebody rings.
      const reads = statements.filter((sql) =>
        sql.includes('(SELECT * FROM partner WHERE id = key.id OFFSET 0) AS p'),
      );
      counts.push(reads.filter((sql) => !sql.includes('AS stamp')).length);
    }
    // One for all, and one more where a second ring comes while the first is answered.
    for (const count of counts) expect([1, 2]).toContain(count);
  });
});
