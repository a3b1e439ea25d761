import { GraphQLError } from 'graphql';
import type { Authenticator, Session } from '../../app/access/authenticate.ts';
import type { Identify } from '../request/caller.ts';

const BEARER = /^Bearer +([^\s]+)$/i;

/** The error for a caller without valid rights, over any transport. */
export function unauthenticated(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: {
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'www-authenticate': 'Bearer' } },
    },
  });
}

/** Takes bearer tokens, and refuses a caller without one. */
export function identifyByToken(authenticator: Authenticator): Identify {
  return async (authorization) => {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw unauthenticated('Send a key or token as a bearer: "authorization: Bearer tg_...".');
    }
    const session = await authenticator.authenticate(token);
    if ('refused' in session) throw unauthenticated(session.message);
    return session;
  };
}

/** Why the rights of a caller have ended, as its error; null while they hold, or where none are needed. */
export async function findEndOf(session: Session | null): Promise<GraphQLError | null> {
  const end = (await session?.findEnd()) ?? null;
  return end && unauthenticated(end.message);
}

/** Under what a caller's limits are counted; null for one that has none of its own. */
export function identityOf(session: Session | null): string | null {
  return session?.rights.identity ?? null;
}
