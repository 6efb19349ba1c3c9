import type { Log } from '@baton/runtime';
import type { OnlineAgents } from '../agents/online-agents.ts';
import type { Presence } from '../agents/presence.ts';
import type { SeenPublisher } from '../delivery/seen-publisher.ts';
import type { TypingPublisher } from '../delivery/typing-publisher.ts';
import { inBackground } from '../platform/background.ts';
import type { Connection } from './connection.ts';

/** Ends everything that a socket took part in, once it is closed. */
export function onDisconnected(options: {
  typing: TypingPublisher;
  seen: SeenPublisher;
  agents: Pick<OnlineAgents, 'depart'>;
  presence: Pick<Presence, 'left'>;
  log: Log;
}): (connection: Connection) => void {
  const { typing, seen, agents, presence, log } = options;
  return (connection) => {
    typing.ended(connection);
    seen.ended(connection);
    for (const subscription of connection.sessions.values()) subscription.leave();
    if (connection.identity.role !== 'agent') return;
    const leaving = connection.identity.agent.then(async (agent) => {
      if (agent && agents.depart(agent.agentId, connection)) await presence.left(agent.agentId, connection);
    });
    inBackground(log, 'report that an agent has left', leaving);
  };
}
