import { afterEach, describe, expect, test } from 'vitest';
import { refuse } from '../../../src/app/context/app.ts';
import { unauthenticated } from '../../../src/server/admission/authentication.ts';
import type { Identify } from '../../../src/server/request/caller.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';
import { openSocket } from '../support/ways-to-ask.ts';

const COUNTED = 'subscription { counted { number } }';
const STREAMS = 50;

let toy: ToyServer;

afterEach(() => toy.server.close());

/** Lets every caller in until the key is revoked. */
function createDoor(): { readonly identify: Identify; revoke(): void } {
  let isRevoked = false;
  const rights = {
    role: 'READER',
    programs: 'ALL',
    partner: null,
    identity: 'key:1',
    expiresAt: null,
  } as const;
  return {
    identify: async () => {
      if (isRevoked) throw unauthenticated('The key was revoked.');
      return {
        rights,
        findEnd: async () => (isRevoked ? refuse('UNAUTHENTICATED', 'The key was revoked.') : null),
      };
    },
    revoke() {
      isRevoked = true;
    },
  };
}

/** What a client is told, by stream: the numbers of events, codes of errors, and the end. */
type Told = readonly (readonly (number | string)[])[];
type Follow = () => Promise<{ told(): Told; isOver(): boolean }>;

type Payload = {
  readonly data?: { readonly counted: { readonly number: number } };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};
function summary({ data, errors }: Payload): number | string {
  return data?.counted.number ?? errors?.[0]?.extensions.code ?? 'nothing';
}

async function followBySocket(): ReturnType<Follow> {
  const socket = openSocket(toy.url);
  const told = Array.from({ length: STREAMS }, (): (number | string)[] => []);
  let isOver = false;
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  socket.once('close', (code) => {
    isOver = true;
    for (const stream of told) if (stream.at(-1) !== 'complete') stream.push(`closed with ${code}`);
  });
  socket.on('message', (data) => {
    const { type, id, payload } = JSON.parse(String(data));
    if (type === 'connection_ack') {
      for (const index of told.keys()) {
        socket.send(JSON.stringify({ id: `${index}`, type: 'subscribe', payload: { query: COUNTED } }));
      }
    } else told[id]?.push(type === 'next' ? summary(payload) : type);
  });
  await toy.feed.subscribers(STREAMS);
  return { told: () => told, isOver: () => isOver || told.every((stream) => stream.at(-1) === 'complete') };
}

async function followByStreams(): ReturnType<Follow> {
  const told = Array.from({ length: STREAMS }, (): (number | string)[] => []);
  let over = 0;
  const read = async (stream: (number | string)[]): Promise<void> => {
    const response = await fetch(`${toy.url}/graphql?query=${encodeURIComponent(COUNTED)}`, {
      headers: { accept: 'text/event-stream' },
    });
    let text = '';
    try {
      for await (const chunk of response.body ?? []) {
        const blocks = (text + Buffer.from(chunk).toString()).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, event, data = ''] = /^event: (\w+)\ndata:(.*)$/s.exec(block) ?? [];
          if (event !== undefined) stream.push(event === 'next' ? summary(JSON.parse(data)) : event);
        }
      }
    } catch {
      stream.push('broken off');
    }
    over += 1;
  };
  for (const stream of told) void read(stream);
  await toy.feed.subscribers(STREAMS);
  return { told: () => told, isOver: () => over === STREAMS };
}

const FOLLOWERS: readonly { readonly name: string; readonly follow: Follow; readonly interrupted: string }[] =
  [
    { name: 'WebSocket', follow: followBySocket, interrupted: 'closed with 1013' },
    { name: 'SSE', follow: followByStreams, interrupted: 'broken off' },
  ];

function all(...stream: (number | string)[]): Told {
  return Array.from({ length: STREAMS }, () => stream);
}

describe.each(FOLLOWERS)('over $name', ({ follow, interrupted }) => {
  test('a revocation that is found by an event is told after the events before it and before the end', async () => {
    const door = createDoor();
    toy = await startToyServer({ identify: door.identify });
    const { told, isOver } = await follow();
    toy.feed.push(1);
    toy.feed.push(2);
    await waitFor(() => told().every((stream) => stream.length === 2));
    door.revoke();
    toy.feed.push(3);
    await waitFor(isOver, { what: 'the end' });
    expect(told()).toEqual(all(1, 2, 'UNAUTHENTICATED', 'complete'));
  });

  test('a revocation that is found without an event is told before the end', async () => {
    const door = createDoor();
    toy = await startToyServer({ identify: door.identify });
    const { told, isOver } = await follow();
    toy.feed.push(1);
    await waitFor(() => told().every((stream) => stream.length === 1));
    door.revoke();
    await waitFor(isOver, { what: 'the end' });
    expect(told()).toEqual(all(1, 'UNAUTHENTICATED', 'complete'));
  });

  test('a stop comes after the events that were sent, and is no complete', async () => {
    toy = await startToyServer();
    const { told, isOver } = await follow();
    toy.feed.push(1);
    await waitFor(() => told().every((stream) => stream.length === 1));
    await toy.server.close();
    await waitFor(isOver, { what: 'the end' });
    expect(told()).toEqual(all(1, interrupted));
  });

  test('a source that fails ends its stream after the events that it gave', async () => {
    toy = await startToyServer();
    const { told, isOver } = await follow();
    toy.feed.push(1);
    await waitFor(() => told().every((stream) => stream.length === 1));
    toy.feed.fail(new Error('the database is away'));
    await waitFor(isOver, { what: 'the end' });
    expect(told()).toEqual(all(1, interrupted));
  });
});
