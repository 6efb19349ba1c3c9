import { accept, channels, type Typing } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import { type Assignments, notFound, participantIn } from '../access/rights.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';

/** An unchanged state is published this often: well within the time after which it expires. */
const RENEW_MS = 2_000;

/** [M6] Publishes who is typing, no more often than is of use to anybody. */
export function createTypingPublisher(options: {
  agents: Assignments;
  bus: Pick<Bus, 'publish'>;
  clock?: () => number;
}) {
  const { agents, bus, clock = () => performance.now() } = options;
  const typingNow = new Map<Connection, Map<string, { typing: Typing; at: number }>>();

  const publish = (typing: Typing) => bus.publish(channels.live.typing, { session: typing.sessionId }, typing);
  const update = (connection: Connection, typing: Typing) => {
    const states = typingNow.get(connection) ?? new Map<string, { typing: Typing; at: number }>();
    const last = states.get(typing.sessionId);
    if (typing.active ? last !== undefined && clock() - last.at < RENEW_MS : last === undefined) return;
    if (typing.active && !connection.gone) states.set(typing.sessionId, { typing, at: clock() });
    else states.delete(typing.sessionId);
    if (states.size > 0) typingNow.set(connection, states);
    else typingNow.delete(connection);
    publish(typing);
  };

  const handlers: EventHandlers<'typing'> = {
    async typing(connection, { sessionId, active }) {
      const participant = await participantIn(connection, sessionId, agents);
      if (participant === undefined) return notFound();
      update(connection, { sessionId, ...participant, active });
      return accept({});
    },
  };
  const forget = (connection: Connection, sessionId: string) => {
    const states = typingNow.get(connection);
    if (states?.delete(sessionId) && states.size === 0) typingNow.delete(connection);
  };
  return {
    handlers,
    /**
     * Sends a message. Its entry ends the typing state for all subscribers, so the next key starts a new one. Typing
     * that begins while the message is being sent is cleared by its entry as well, so it is published again afterwards.
     */
    async around<Sent>(connection: Connection, sessionId: string, send: () => Promise<Sent>): Promise<Sent> {
      forget(connection, sessionId);
      const sent = await send();
      const since = typingNow.get(connection)?.get(sessionId);
      if (since !== undefined) publish(since.typing);
      return sent;
    },
    /** The socket is closed: nobody is typing there any more. */
    ended(connection: Connection): void {
      for (const { typing } of typingNow.get(connection)?.values() ?? []) publish({ ...typing, active: false });
      typingNow.delete(connection);
    },
  };
}
export type TypingPublisher = ReturnType<typeof createTypingPublisher>;
