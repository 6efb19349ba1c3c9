import { accept, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { identified } from '../access/verified-customers/owned-session.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';

/** Chats that one answer lists: nobody has as many at once. */
const MAX_LISTED = 20;

/** What customers do about who they are, as far as their site proves it. */
export function identityEvents(options: {
  session: Pick<Caller<SessionApi>, 'identify' | 'listCustomerSessions'>;
  tokenOf: (session: Session) => string;
}): EventHandlers<'customer:identify' | 'customer:list_chats'> {
  const { session, tokenOf } = options;
  return {
    async 'customer:identify'(connection, { token }) {
      const proof = await connection.customer.check(token);
      if (!proof.ok) return proof;
      connection.identity = { role: 'customer' };
      for (const sessionId of connection.sessions.keys()) {
        const owned = await identified(sessionId, proof.value, session);
        if (!owned.ok) return owned;
      }
      connection.customer.keep(proof.value);
      const { customer, expiresAt } = proof.value;
      return accept({ customerId: customer.id, expiresAt: new Date(expiresAt).toISOString() });
    },

    async 'customer:list_chats'(connection) {
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
