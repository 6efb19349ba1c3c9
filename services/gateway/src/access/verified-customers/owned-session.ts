import { accept, isAnonymousId, type Reply, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { notFound } from '../session-access.ts';
import type { Proof } from './check-token.ts';

/**
 * [S1] The session, if the holder of its token may use it as the customer that this connection has proven to be, or as
 * nobody in particular. A session of a verified customer is nobody else's. One that was begun anonymously becomes that
 * of the customer who is proven on the browser that has its token, for good.
 */
export async function ownedSession(
  { session, proof, required }: { session: Session; proof: Proof | null; required: boolean },
  service: Pick<Caller<SessionApi>, 'identify'>,
): Promise<Reply<Session>> {
  const owner = session.customer?.id;
  if (owner !== undefined) {
    const isOwner = proof === null ? !required : proof.customer.id === owner;
    return isOwner ? accept(session) : notFound();
  }
  if (proof === null || session.status === 'closed') return accept(session);
  return identified(session.id, proof, service);
}

/** The session belongs to this customer from now on. */
export async function identified(
  sessionId: string,
  { customer }: Proof,
  session: Pick<Caller<SessionApi>, 'identify'>,
): Promise<Reply<Session>> {
  const reply = await session.identify({ sessionId, customer });
  if (reply.ok) return accept(reply.value.session);
  return reply.code === 'NOT_FOUND' ? notFound() : reply;
}

/** [S1] Whether a customer without proof may start a chat under this id. */
export const mayBeNamed = (userId: string, required: boolean): boolean => !required || isAnonymousId(userId);
