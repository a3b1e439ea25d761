import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWith, endWithUs } from './child-process.ts';
import type { FollowerPlan, Met } from './load-follower.ts';

/** What the process of the followers is asked. */
export type FleetRequest =
  | { readonly type: 'START'; readonly plans: readonly FollowerPlan[] }
  | { readonly type: 'REACH'; readonly positions: readonly number[]; readonly withinMs: number }
  | { readonly type: 'TAKE' };

/** What it answers, in the order of the plans. */
export type Answers = {
  readonly START: null;
  readonly REACH: readonly (number | null)[];
  readonly TAKE: readonly Met[];
};

/** Many followers in a process of their own. */
export type FollowerFleet = {
  /**
   * Waits until each is connected and has been told everything up to its position; resolves to the
   * milliseconds that each took, null for those that took longer than `withinMs`.
   */
  reach(positions: readonly number[], withinMs: number): Promise<Answers['REACH']>;
  /** What each met since this was asked last. */
  take(): Promise<Answers['TAKE']>;
  close(): Promise<void>;
};

/** Starts them; they begin to connect. */
export async function startFollowerFleet(plans: readonly FollowerPlan[]): Promise<FollowerFleet> {
  const child = fork(fileURLToPath(new URL('follower-process.ts', import.meta.url)), {
    execArgv: [],
    serialization: 'advanced',
  });
  endWithUs(child);
  const gone = once(child, 'exit').then(() => {
    throw new Error('The process of the followers ended.');
  });
  gone.catch(() => {});
  const waiting = new Map<number, (answer: unknown) => void>();
  let sent = 0;
  child.on('message', (message) => {
    const { number, answer } = message as { number: number; answer: unknown };
    waiting.get(number)?.(answer);
    waiting.delete(number);
  });
  const ask = <Request extends FleetRequest>(request: Request): Promise<Answers[Request['type']]> => {
    const number = sent++;
    const answered = new Promise<Answers[Request['type']]>((resolve) => {
      waiting.set(number, (answer) => resolve(answer as Answers[Request['type']]));
      child.send({ number, request });
    });
    return Promise.race([answered, gone]);
  };

  await ask({ type: 'START', plans });
  return {
    reach: (positions, withinMs) => ask({ type: 'REACH', positions, withinMs }),
    take: () => ask({ type: 'TAKE' }),
    close: () => endWith(child, 'SIGKILL'),
  };
}
