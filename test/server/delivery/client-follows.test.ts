import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followStatusChanges } from '../../../src/client/follow-status-changes.ts';
import { waitFor } from '../../support/wait-for.ts';
import { expectWhole, type FollowedGraph, follow, startFollowedGraph } from '../support/followed-graph.ts';

let graph: FollowedGraph;
beforeAll(async () => {
  graph = await startFollowedGraph(20);
});
afterAll(() => graph?.close());

test('a follower gets over restarts of the server on the same database', async () => {
  const followers = [await follow(graph), await follow(graph, { filter: { directions: ['DOWN'] } })];
  const [first] = followers;
  try {
    for (const restart of [1, 2]) {
      await waitFor(() =>
        followers.every(({ isConnected, got }) => isConnected() && got.length > 20 * restart),
      );
      await graph.restart();
      for (const { proxy } of followers) proxy.redirect(graph.port());
    }
    const known = first?.got.length ?? 0;
    await waitFor(() => (first?.got.length ?? 0) > known + 20);
    expect(followers.every(({ losses }) => losses() >= 2)).toBe(true);
  } finally {
    await graph.settle();
    try {
      await expectWhole(graph, followers);
    } finally {
      for (const follower of followers) await follower.close();
    }
  }
});

test('a follower is told that its place is gone, and goes on after the one that it gets', async () => {
  const forged = Buffer.from(graph.start, 'base64url').toString().replace(/.{8}$/, '00000000');
  const after = Buffer.from(forged).toString('base64url');
  const changes = followStatusChanges({ url: `${graph.server.url}/graphql`, program: graph.program, after });
  expect((await changes.next()).value).toEqual({
    __typename: 'Resync',
    reason: 'HISTORY_REPLACED',
    cursor: (await graph.list({})).at(-1),
  });
  await changes.return?.();
});

test.each([
  [{ program: 'none' }, 'program', 'There is no programme with the code "none".'],
  [{ after: 'x' }, 'after', "This is not a cursor of this programme's log."],
  [{ filter: { partners: ['x'] } }, 'filter.partners[0]', 'This is not the id of a Partner.'],
])('a follower that asks for %j ends with what is wrong', async (options, argument, message) => {
  const url = `${graph.server.url}/graphql`;
  const changes = followStatusChanges({ url, program: graph.program, ...options });
  await expect(changes.next()).rejects.toMatchObject({
    name: 'FollowingRefused',
    code: 'BAD_USER_INPUT',
    message,
    errors: [{ extensions: { argument } }],
  });
});

test('the example prints each change with its cursor', async () => {
  const EXAMPLE = fileURLToPath(new URL('../../../src/client/example.ts', import.meta.url));
  const url = `${graph.server.url}/graphql`;
  const listed = await graph.list({});
  const child = spawn(process.execPath, [EXAMPLE, url, graph.program, graph.start], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  const exit = once(child, 'exit');
  await waitFor(() => printed.includes('Nothing is missing up to here.'));
  child.kill('SIGINT');
  await exit;
  const lines = printed.split('\n').filter((line) => line.startsWith('Partner P'));
  expect(lines.map((line) => /\((\S+)\)$/.exec(line)?.[1])).toEqual(listed);
  expect(lines[0]).toMatch(
    /^Partner P\d+: On \S+ the tier rose from Base to Silver because of new data\. \(/,
  );
});
