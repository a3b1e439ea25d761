import type { Client } from 'pg';
import type { Database } from '../../../src/store/connection/database.ts';

/** Work that stops before each of its statements and before its commit until it is let on. */
export type StepwiseWriter<T> = {
  /** Whether it stands before a statement or a commit. */
  readonly isReady: () => boolean;
  readonly isDone: () => boolean;
  /** Lets it do the next one. */
  step(): void;
  readonly result: Promise<T>;
};

const STATEMENTS = new Set(['$queryRaw', '$queryRawUnsafe', '$executeRaw', '$executeRawUnsafe']);

/** Starts work on a database whose transactions it can only go through step by step. */
export function startStepwise<T>(
  database: Database,
  work: (database: Database) => Promise<T>,
): StepwiseWriter<T> {
  let goOn: (() => void) | undefined;
  let done = false;
  const admissionControl = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = () => {
        goOn = undefined;
        resolve();
      };
    });
  const gated = <Session extends object>(session: Session): Session =>
    new Proxy(session, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || typeof name !== 'string' || !STATEMENTS.has(name)) return member;
        return async (...values: readonly unknown[]) => {
          await admissionControl();
          return Reflect.apply(member, target, values);
        };
      },
    });
  const prisma = new Proxy(database.prisma, {
    get(target, name) {
      if (name !== '$transaction') return Reflect.get(target, name);
      return (transact: (tx: object) => Promise<unknown>, options: object) =>
        target.$transaction(async (tx) => {
          const result = await transact(gated(tx));
          await admissionControl();
          return result;
        }, options);
    },
  });
  const result = work({ ...database, prisma }).finally(() => {
    done = true;
  });
  return {
    isReady: () => goOn !== undefined,
    isDone: () => done,
    step: () => goOn?.(),
    result,
  };
}

/** Counts the sessions of a database that wait for a lock. */
export async function countBlocked(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(DISTINCT l.pid)::int AS count FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT l.granted AND a.datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * How often a writer is looked at before the database is asked whether it waits for a lock: most steps are
 * done by then.
 */
const PATIENCE = 200;

/**
 * Lets writers go on one step at a time, each time the one that `draw` picks among those that can; calls
 * `between` after each step, and tells it whether a transaction ended. Ends when all are done. Rejects if
 * they block each other for good.
 */
export async function interleave(
  writers: readonly StepwiseWriter<unknown>[],
  draw: (below: number) => number,
  observer: Client,
  between: (hasEnded: boolean) => Promise<void>,
): Promise<void> {
  /** Those that were found to wait for somebody else's lock, until a transaction ends. */
  const blocked = new Set<StepwiseWriter<unknown>>();
  const underWay = () => writers.filter((writer) => !writer.isReady() && !writer.isDone());

  /** Waits until everybody has stopped: before a step, at the end, or at somebody else's lock. */
  const settle = async (): Promise<void> => {
    const giveUpAt = performance.now() + 30_000;
    for (let look = 1; ; look++) {
      const running = underWay();
      if (running.every((writer) => blocked.has(writer))) return;
      if (look % PATIENCE === 0 && (await countBlocked(observer)) >= running.length) {
        for (const writer of running) blocked.add(writer);
      }
      if (performance.now() > giveUpAt) throw new Error('The writers block each other for good.');
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  for (;;) {
    await settle();
    const ready = writers.filter((writer) => writer.isReady());
    const next = ready[draw(ready.length)];
    if (next === undefined) {
      if (writers.every((writer) => writer.isDone())) return;
      // All wait for locks: the database ends a deadlock within a second.
      blocked.clear();
      continue;
    }
    next.step();
    await settle();
    const hasEnded = next.isDone();
    if (hasEnded) blocked.clear();
    await settle();
    await between(hasEnded);
  }
}
