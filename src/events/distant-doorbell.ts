import { randomUUID } from 'node:crypto';
import { createLocalDoorbell, type Doorbell } from './doorbell.ts';
import { withTimeout } from './in-time.ts';

/** An open connection to what carries short texts between processes. */
export type NotificationChannel = {
  /** Sends texts to every process on the channel, the sender included. Rejects if they cannot be sent. */
  send(texts: readonly string[]): Promise<void>;
  /** Ends the connection, also a dead one. Never fails. */
  close(): Promise<void>;
};

/** Opens a channel that hands over each text, and reports at least once when it broke. */
export type OpenChannel = (handlers: {
  readonly onText: (text: string) => void;
  readonly onLost: (error: Error) => void;
}) => Promise<NotificationChannel>;

export type DistantDoorbellOptions = {
  readonly openChannel: OpenChannel;
  /** The channel cannot be used. Called once per outage. */
  readonly onLost: (error: unknown) => void;
  /** It can be used again. */
  readonly onRegained: () => void;
  /** How often the channel is tested while it seems to work. */
  readonly probeEveryMs?: number;
  /** How long the channel may take for anything before it counts as dead. */
  readonly answerWithinMs?: number;
  /**
   * How long to wait before it is opened again, at first; doubled at each failure up to twenty times that.
   */
  readonly reopenAfterMs?: number;
};

const ANY = '*';
const PROBE = '?';

/**
 * A doorbell that also rings in other processes, over a channel that it keeps open. Rings that come while one
 * is being sent are combined, and a text to itself at intervals shows whether the channel still works.
 * Without the channel only this process hears a ring.
 */
export function createDistantDoorbell(options: DistantDoorbellOptions): Doorbell {
  const { openChannel, onLost, onRegained } = options;
  const { probeEveryMs = 5_000, answerWithinMs = 5_000, reopenAfterMs = 250 } = options;
  const near = createLocalDoorbell();
  const self = randomUUID();
  const unsent = new Set<string>();
  const closing = Promise.withResolvers<void>();
  let closed = false;
  let isSending = false;
  let channel:
    | (Pick<NotificationChannel, 'send'> & { readonly lost: PromiseWithResolvers<never> })
    | undefined;
  let answerProbe = () => {};

  const onText = (text: string): void => {
    const [sender, what] = text.split(' ');
    if (sender === self) {
      if (what === PROBE) answerProbe();
    } else if (what !== undefined && what !== PROBE) {
      near.ring(what === ANY ? null : what);
    }
  };

  const sendRings = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (channel !== undefined && unsent.size > 0) {
      const ids = [...unsent];
      const current = channel;
      unsent.clear();
      const sent = current.send(ids.map((id) => `${self} ${id}`));
      try {
        await Promise.race([withTimeout(answerWithinMs, 'Ringing', sent), current.lost.promise]);
      } catch (error) {
        current.lost.reject(error);
        // Another channel may be open already, and nothing else would send these over it.
        for (const id of ids) unsent.add(id);
        if (channel === current) channel = undefined;
      }
    }
    isSending = false;
  };

  const probe = async ({ send }: Pick<NotificationChannel, 'send'>): Promise<void> => {
    const answered = new Promise<void>((resolve) => {
      answerProbe = resolve;
    });
    await withTimeout(
      answerWithinMs,
      'Probing the channel',
      send([`${self} ${PROBE}`]).then(() => answered),
    );
  };

  const pause = async (ms: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
      timer.unref();
    });
    await Promise.race([passed, closing.promise]);
    clearTimeout(timer);
  };

  /** Opens the channel and keeps it; rejects once it is lost, resolves once the doorbell is closed. */
  const stayOn = async (onOpen: () => void): Promise<void> => {
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => {});
    const opening = openChannel({ onText, onLost: lost.reject });
    let opened: NotificationChannel;
    try {
      opened = await withTimeout(answerWithinMs, 'Opening the channel', opening);
    } catch (error) {
      void opening.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    }
    try {
      // It counts as open once it has carried a text there and back.
      await Promise.race([probe(opened), lost.promise]);
      if (closed) return;
      channel = { send: opened.send, lost };
      onOpen();
      void sendRings();
      while (!closed) {
        await Promise.race([pause(probeEveryMs), lost.promise]);
        if (!closed) await Promise.race([probe(opened), closing.promise, lost.promise]);
      }
    } finally {
      channel = undefined;
      await opened.close();
    }
  };

  const run = async (): Promise<void> => {
    let isLost = false;
    let failures = 0;
    while (!closed) {
      try {
        await stayOn(() => {
          if (isLost) onRegained();
          isLost = false;
          failures = 0;
          // Whatever rang before was not heard.
          near.ring(null);
        });
      } catch (error) {
        if (closed) break;
        if (!isLost) onLost(error);
        isLost = true;
        // Spread, so that processes that lost the channel together do not reconnect together.
        await pause(reopenAfterMs * Math.min(2 ** failures, 20) * (0.5 + Math.random()));
        failures += 1;
      }
    }
  };
  const running = run();

  return {
    ring(programId) {
      near.ring(programId);
      unsent.add(programId ?? ANY);
      void sendRings();
    },
    onRing: near.onRing,
    async close() {
      closed = true;
      closing.resolve();
      await running;
      await near.close();
    },
  };
}
