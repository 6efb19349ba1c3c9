import { accept, type Subjects, type Typing } from '@baton/contracts';
import type { Announcer } from '@baton/runtime';
import { holds, notFound, onDuty } from '../access/holder.ts';
import type { Desk } from '../agents/desk.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';

/** A sign that nothing has changed about is passed on this often: well within the time after which it ends by itself. */
const RENEW_MS = 2_000;

/** [M6] Passes on who is typing, no more often than is of use to anybody. */
export function typingEvents(options: {
  desk: Pick<Desk, 'holds'>;
  announcer: Pick<Announcer, 'live'>;
  subjects: Subjects;
  clock?: () => number;
}) {
  const { desk, announcer, subjects, clock = () => performance.now() } = options;
  const typingNow = new Map<Connection, Map<string, { sign: Typing; at: number }>>();

  const announce = (sign: Typing) => announcer.live(subjects.live(sign.sessionId, 'typing'), sign);
  const pass = (connection: Connection, sign: Typing) => {
    const signs = typingNow.get(connection) ?? new Map<string, { sign: Typing; at: number }>();
    const last = signs.get(sign.sessionId);
    if (sign.active ? last !== undefined && clock() - last.at < RENEW_MS : last === undefined) return;
    if (sign.active && !connection.gone) signs.set(sign.sessionId, { sign, at: clock() });
    else signs.delete(sign.sessionId);
    if (signs.size > 0) typingNow.set(connection, signs);
    else typingNow.delete(connection);
    announce(sign);
  };

  const handlers: EventHandlers<'typing'> = {
    async typing(connection, { sessionId, active }) {
      const agent = await onDuty(connection);
      if (agent !== undefined) {
        if (!desk.holds(agent.agentId, sessionId)) return notFound();
        pass(connection, { sessionId, sender: 'agent', name: agent.name, active });
      } else {
        if (!(await holds(connection, sessionId))) return notFound();
        pass(connection, { sessionId, sender: 'user', active });
      }
      return accept({});
    },
  };
  const forget = (connection: Connection, sessionId: string) => {
    const signs = typingNow.get(connection);
    if (signs?.delete(sessionId) && signs.size === 0) typingNow.delete(connection);
  };
  return {
    handlers,
    /**
     * Sends a message. Its entry ends the sign for everybody who watches, so the next sign is a new one; one that comes
     * while the message is under way is ended by it, too, and is passed on again behind it.
     */
    async around<Sent>(connection: Connection, sessionId: string, send: () => Promise<Sent>): Promise<Sent> {
      forget(connection, sessionId);
      const sent = await send();
      const since = typingNow.get(connection)?.get(sessionId);
      if (since !== undefined) announce(since.sign);
      return sent;
    },
    /** The socket has closed: nobody is typing there any more. */
    ended(connection: Connection): void {
      for (const { sign } of typingNow.get(connection)?.values() ?? []) announce({ ...sign, active: false });
      typingNow.delete(connection);
    },
  };
}
export type TypingEvents = ReturnType<typeof typingEvents>;
