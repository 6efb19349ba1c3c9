import { accept, isAnonymousId, type Reply, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { notFound } from '../rights.ts';
import type { Proof } from './check-token.ts';

/**
 * [S1] The session, if the holder of its token may use it as the customer that this connection has proven to be, or as
 * nobody in particular. A session of a verified customer is nobody else's. One that was begun anonymously becomes that
 * of the customer who is proven on the browser that has its token, for good.
 */
export async function ownedSession(
  { session: one, proof, required }: { session: Session; proof: Proof | null; required: boolean },
  session: Pick<Caller<SessionApi>, 'identify'>,
): Promise<Reply<Session>> {
  const { customer: owner } = one;
  if (proof === null) return owner && required ? notFound() : accept(one);
  if (!mayBeOf(one, proof)) return notFound();
  if (owner || one.status === 'closed') return accept(one);
  const reply = await session.identify({ sessionId: one.id, customer: proof.customer });
  if (reply.ok) return accept(reply.value.session);
  return reply.code === 'NOT_FOUND' ? notFound() : reply;
}

/** Whether the session is this customer's, or may become theirs. One that has ended stays whose it was. */
export function mayBeOf({ customer: owner, userId, status }: Session, { customer }: Proof): boolean {
  if (owner) return owner.id === customer.id;
  return status === 'closed' || userId === customer.id || isAnonymousId(userId);
}

/** [S1] Whether a customer without proof may start a chat under this id. */
export const mayBeNamed = (userId: string, required: boolean): boolean => !required || isAnonymousId(userId);
