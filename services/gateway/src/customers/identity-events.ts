import { accept, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { notFound } from '../access/rights.ts';
import type { Proof } from '../access/verified-customers/check-token.ts';
import { mayBeOf, ownedSession } from '../access/verified-customers/owned-session.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import { getSessions } from '../delivery/get-sessions.ts';

/** Chats that one answer lists: nobody has as many at once. */
const MAX_LISTED = 20;

/** What customers do about who they are, as far as their site proves it. */
export function identityEvents(options: {
  session: Pick<Caller<SessionApi>, 'getMany' | 'identify' | 'listCustomerSessions'>;
  proofRequired: boolean;
  tokenOf: (session: Session) => string;
}): EventHandlers<'customer:identify' | 'customer:list_chats'> {
  const { session, proofRequired: required, tokenOf } = options;

  /**
   * Keeps the proof, unless a chat of the connection is another's. Gives the chats that still exist, those included
   * that were started or resumed meanwhile.
   */
  const keep = async ({ customer, sessions, resuming }: Connection, proof: Proof) => {
    const read = new Set<string>();
    const chats: Session[] = [];
    const unread = () => [...sessions.keys()].filter((id) => !read.has(id));
    for (let ids = unread(); ids.length > 0; ids = unread()) {
      await Promise.all(ids.map((id) => resuming.get(id)));
      for (const id of ids) read.add(id);
      const remaining = ids.filter((id) => sessions.has(id));
      const found = await getSessions(session, remaining);
      if (!found.ok) return found;
      if (!found.value.every((one) => mayBeOf(one, proof))) return notFound();
      chats.push(...found.value);
    }
    // Nothing is awaited since the last look at the chats: what comes from now on sees who the customer is.
    const kept = customer.keep(proof);
    return kept.ok ? accept({ proof: kept.value, chats }) : kept;
  };

  return {
    async 'customer:identify'(connection, { token }) {
      // Before anything is awaited: no other event makes this connection an agent's meanwhile.
      connection.identity = { role: 'customer' };
      const proof = await connection.customer.check(token);
      if (!proof.ok) return proof;
      // Nothing is claimed before it is known that all of it may be.
      const kept = await keep(connection, proof.value);
      if (!kept.ok) return kept;
      for (const one of kept.value.chats) {
        const owned = await ownedSession({ session: one, proof: kept.value.proof, required }, session);
        if (owned.ok) continue;
        if (owned.code !== 'NOT_FOUND') return owned;
        // It was deleted since, or became another customer's on another connection.
        connection.sessions.get(one.id)?.leave();
        connection.sessions.delete(one.id);
      }
      const { customer, expiresAt } = kept.value.proof;
      return accept({ customerId: customer.id, expiresAt: new Date(expiresAt).toISOString() });
    },

    async 'customer:list_chats'(connection) {
      connection.identity = { role: 'customer' };
      const proof = await connection.customer.read();
      if (!proof.ok) return proof;
      if (proof.value === null) return accept({ chats: [] });
      const customerId = proof.value.customer.id;
      const reply = await session.listCustomerSessions({ customerId, limit: MAX_LISTED });
      if (!reply.ok) return reply;
      return accept({ chats: reply.value.sessions.map((one) => ({ session: one, token: tokenOf(one) })) });
    },
  };
}
