import type { Session } from '../../app/access/authenticate.ts';
import type { Rights, RightsClass } from '../../app/access/rights.ts';

/** Who sent an operation, whichever way it came. */
export type Caller = {
  readonly requestId: string;
  /** The rights that it proved; null where none have to be. */
  readonly session: Session | null;
  /** Under what the caller's limits are counted, such as its key's prefix; null for a caller that has none of its own. */
  readonly identity: string | null;
  /** Whether the client no longer waits for the answer. */
  isGone(): boolean;
  /** Breaks the connection that carries the caller's stream, in the way that makes its client come back and resume. */
  interrupt(): void;
};

/**
 * Finds who a caller is from its `Authorization`, which is a header or a parameter of a WebSocket connection, and from the address that it
 * connects from; null where it need not say. Rejects with a GraphQLError that has a code for a caller that may not come in.
 */
export type Identify = (authorization: string | null, address: string) => Promise<Session | null>;

/**
 * Makes the context of one operation, or of one event of a subscription, which is for all callers with the same rights
 * and so has no caller's own. `rights` is null where none have to be proved.
 */
export type MakeContext = (given: {
  readonly requestId: string;
  readonly rights: Rights | RightsClass | null;
}) => object | Promise<object>;
