import type { Session } from '../../app/access/authenticate.ts';
import type { Rights, RightsClass } from '../../app/access/rights.ts';

/** Who sent an operation, whichever way it came. */
export type Caller = {
  readonly requestId: string;
  /** The rights that it proved; null where none have to be. */
  readonly session: Session | null;
  /**
   * Under what the caller's limits are counted, such as its key's prefix; null for a caller that has none of
   * its own.
   */
  readonly identity: string | null;
  /** Whether the client no longer waits for the answer. */
  isGone(): boolean;
  /**
   * Breaks the connection that carries the caller's stream, in the way that makes its client come back and
   * resume.
   */
  interrupt(): void;
};

/**
 * Identifies a caller by its `Authorization`, a header or a parameter of a WebSocket connection, and by its
 * address; null if callers need no identity. Rejects with a GraphQLError that has a code if the caller is not
 * admitted.
 */
export type Identify = (authorization: string | null, address: string) => Promise<Session | null>;

/**
 * Makes the context of one operation, or of one event of a subscription, which serves all callers with the
 * same rights. `rights` is null if callers need not prove any.
 */
export type MakeContext = (given: {
  readonly requestId: string;
  readonly rights: Rights | RightsClass | null;
}) => object | Promise<object>;
