import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the server says of itself in its metrics. */
export type Counts = {
  readonly subscriptions: number;
  readonly logSubscribers: number;
  readonly webSockets: number;
  /** Events given to a subscriber so far. */
  readonly deliveries: number;
};

/** What the server has in memory and can't be collected. */
export type Inventory = {
  readonly connections: number;
  /** Everything that can have listeners: connections, streams, responses. */
  readonly emitters: number;
  /** Listeners of the process and of the connections. */
  readonly listeners: number;
};

export type Question =
  | { readonly type: 'START'; readonly partners: number; readonly refLength: number }
  | { readonly type: 'COUNT' }
  | { readonly type: 'WEIGH' }
  | { readonly type: 'COUNT_TIMERS' }
  | { readonly type: 'LIST' }
  | { readonly type: 'CHANGE'; readonly rounds: number }
  | { readonly type: 'BUFFERED'; readonly ports: readonly number[] }
  | { readonly type: 'CLOSE' };

export type Answers = {
  START: { readonly url: string; readonly partners: readonly string[] };
  COUNT: Counts;
  WEIGH: number;
  COUNT_TIMERS: number;
  LIST: Inventory;
  CHANGE: readonly string[];
  BUFFERED: readonly (number | null)[];
  CLOSE: readonly string[];
};

/** The graph in a process of its own, so that what it holds is not mixed with what its clients hold. */
export type ObservedGraph = {
  readonly url: string;
  /** The global ids of its partners. */
  readonly partners: readonly string[];
  count(): Promise<Counts>;
  /** The bytes of the heap in use after a forced collection. */
  weigh(): Promise<number>;
  /**
   * The timers of Node, also those that don't keep the process alive. Takes about a second, as `list` does.
   */
  countTimers(): Promise<number>;
  list(): Promise<Inventory>;
  /**
   * Lifts all partners to Silver or drops them again, so many times; resolves to the cursors of the changes
   * from the log, when they are there.
   */
  change(rounds: number): Promise<readonly string[]>;
  /**
   * How many bytes wait in the process for the clients at these ports; null for those that are not connected.
   */
  buffered(ports: readonly number[]): Promise<Answers['BUFFERED']>;
  /** Resolves to the warnings and errors that were logged. */
  close(): Promise<readonly string[]>;
};

/** Starts it with so many partners, whose references are as long as that. */
export async function startObservedGraph(partners: number, refLength: number): Promise<ObservedGraph> {
  const child = fork(fileURLToPath(new URL('observed-process.ts', import.meta.url)), {
    // What is experimental is `queryObjects`.
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    // As in production: Yoga pings more often in tests.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const gone = once(child, 'exit').then(() => {
    throw new Error('The process of the server ended.');
  });
  gone.catch(() => {});
  const waiting = new Map<number, (answer: unknown) => void>();
  let sent = 0;
  child.on('message', (message) => {
    const { number, answer } = message as { number: number; answer: unknown };
    waiting.get(number)?.(answer);
    waiting.delete(number);
  });
  const ask = <Asked extends Question>(question: Asked): Promise<Answers[Asked['type']]> => {
    const number = sent++;
    const answered = new Promise<Answers[Asked['type']]>((resolve) => {
      waiting.set(number, (answer) => resolve(answer as Answers[Asked['type']]));
      child.send({ number, question });
    });
    return Promise.race([answered, gone]);
  };

  const started = await ask({ type: 'START', partners, refLength });
  return {
    ...started,
    count: () => ask({ type: 'COUNT' }),
    weigh: () => ask({ type: 'WEIGH' }),
    countTimers: () => ask({ type: 'COUNT_TIMERS' }),
    list: () => ask({ type: 'LIST' }),
    change: (rounds) => ask({ type: 'CHANGE', rounds }),
    buffered: (ports) => ask({ type: 'BUFFERED', ports }),
    async close() {
      const problems = await ask({ type: 'CLOSE' });
      child.disconnect();
      await gone.catch(() => {});
      return problems;
    },
  };
}
