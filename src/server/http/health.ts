import type { ServerResponse } from 'node:http';
import { inTime } from '../../events/in-time.ts';

/** An answer to readiness that takes longer than this counts as "not ready". */
const LONGEST_CHECK_MS = 2_000;

/** Says that the process runs; nothing else is asked. */
export function answerLive(response: ServerResponse): void {
  answer(response, 200, { status: 'live' });
}

/** Says whether the process may be sent requests: 200, or 503 with the reason that `ready` gave. */
export function answerReady(response: ServerResponse, ready: () => Promise<string | null>): void {
  check(ready).then((problem) =>
    problem === null
      ? answer(response, 200, { status: 'ready' })
      : answer(response, 503, { status: 'not ready', reason: problem }),
  );
}

async function check(ready: () => Promise<string | null>): Promise<string | null> {
  try {
    return await inTime(LONGEST_CHECK_MS, ready(), () => 'The check takes too long.');
  } catch {
    return 'The check failed.';
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
