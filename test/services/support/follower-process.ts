// Follows for a test in a process of its own, so that neither keeps the other waiting.
import type { Answers, FleetRequest } from './follower-fleet.ts';
import { type LoadFollower, startFollower } from './load-follower.ts';

const LOOK_EVERY_MS = 20;
const followers: LoadFollower[] = [];

/** Waits until everybody is connected and has come as far as they have to; says when each was. */
async function reach(positions: readonly number[], withinMs: number): Promise<Answers['REACH']> {
  const startedAt = performance.now();
  const reachedMs: (number | null)[] = followers.map(() => null);
  for (;;) {
    const nowMs = performance.now() - startedAt;
    for (const [index, { isConnected, position }] of followers.entries()) {
      if (isConnected && position >= (positions[index] ?? 0)) reachedMs[index] ??= nowMs;
    }
    if (nowMs > withinMs || !reachedMs.includes(null)) return reachedMs;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function answer(request: FleetRequest): Promise<Answers[FleetRequest['type']]> {
  switch (request.type) {
    case 'START':
      followers.push(...request.plans.map(startFollower));
      return null;
    case 'REACH':
      return reach(request.positions, request.withinMs);
    case 'TAKE':
      return followers.map((follower) => follower.take());
  }
}

process.on('message', async ({ number, request }: { number: number; request: FleetRequest }) => {
  process.send?.({ number, answer: await answer(request) });
});
// The test has ended, however it did.
process.on('disconnect', () => process.exit());
