import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';

/** What a client says as its last word, at which the database would end. */
const TERMINATE = 'X'.charCodeAt(0);

// All that `pg` would otherwise take from the environment, which may be about another database.
const CONNECTION = {
  user: 'postgres',
  database: 'postgres',
  ssl: false,
  options: ' ',
  application_name: 'tiergraph',
} as const;

/** A pool of the only session of the embedded database; a transaction has it until its end. */
export function createEmbeddedPool(database: PGlite): Pool {
  // It is never given up: nothing is gained by another one.
  return new Pool({
    ...CONNECTION,
    max: 1,
    idleTimeoutMillis: 0,
    stream: () => new EmbeddedSocket(database),
  });
}

/**
 * A socket for `pg` that leads to the embedded database in this process, by PostgreSQL's own protocol. Each
 * statement starts in a turn of the event loop of its own: the database works in this very thread, and
 * nothing else would run between two statements otherwise.
 *
 * The database has one session, so there must be one socket at a time.
 */
class EmbeddedSocket extends Duplex {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  /** Begins as a new session would, in which no statement is prepared. */
  connect(): this {
    this.#database.exec('DEALLOCATE ALL').then(
      () => this.emit('connect'),
      (error: unknown) => this.destroy(toError(error)),
    );
    return this;
  }

  // What a socket of the network has besides.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(message: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(message).then(
      () => done(),
      (error: unknown) => done(toError(error)),
    );
  }

  /** The messages of one statement come together. */
  override _writev(
    messages: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(messages.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  async #send(message: Buffer): Promise<void> {
    if (message[0] === TERMINATE) return;
    await setImmediate();
    // The other ways parse the answer too, and keep it until the next one.
    await this.#database.execProtocolRawStream(message, {
      // A view of the database's memory, which the next piece overwrites.
      onRawData: (piece) => void this.push(Buffer.from(piece)),
    });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
