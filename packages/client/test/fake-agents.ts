import { type Agent, accept, refuse } from '@baton/contracts';
import { type FakeChats, type FakeHandlers, noChat } from './fake-chats.ts';
import type { ServerEnd } from './manual-network.ts';

/** What a gateway answers agents. */
export function fakeAgents(chatsAndAgents: FakeChats): FakeHandlers {
  const { agentOn, agents, assign, change, chatFor, chats, entriesOf, joins, newId, say, tellAssigned, time } =
    chatsAndAgents;
  return {
    'agent:join'(end, { name, joinId }) {
      const id = newId();
      const present = agentOn(end) ?? joins.get(joinId ?? '');
      const agent: Agent = present ?? {
        id,
        socketId: 'x',
        name,
        status: 'available',
        capacity: 5,
        active: 0,
        joinedAt: time(),
        lastActiveAt: time(),
      };
      const token = `token-${agent.id}`;
      if (joinId !== undefined) joins.set(joinId, agent);
      agents.set(agent.id, { agent, token, end });
      end.emit({ event: 'agent:joined', payload: { agentId: agent.id, agent, token } });
      return accept({ agentId: agent.id, agent, token });
    },
    'agent:resume'(end, { agentId, token }) {
      const known = agents.get(agentId);
      if (known === undefined || known.token !== token)
        return refuse('NOT_FOUND', 'There is no such agent; join again.');
      if (known.end && known.end !== end) supersede(known.end);
      known.end = end;
      end.emit({ event: 'agent:joined', payload: { agentId, agent: known.agent, token } });
      const held = [...chats.values()].filter(
        ({ session }) => session.assignedAgent === agentId && session.status === 'agent',
      );
      for (const chat of held) tellAssigned(chat, end);
      return accept({ agentId, agent: known.agent, token, sessions: held.map(({ session }) => session) });
    },
    'agent:pickup_session'(end, { sessionId }) {
      const agent = agentOn(end);
      if (!agent) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      const chat = [...chats.values()].find(
        ({ session }) => session.status === 'waiting' && (sessionId === undefined || session.id === sessionId),
      );
      if (!chat) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
      assign(chat, agent.id);
      return accept({ session: chat.session });
    },
    'agent:send_message'(end, { sessionId, content, clientMessageId }) {
      const agent = agentOn(end);
      if (!agent) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      const chat = chats.get(sessionId);
      if (!chat) return noChat();
      if (chat.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (chat.session.assignedAgent !== agent.id) return refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
      return say(chat, { sender: 'agent', senderId: agent.id, senderName: agent.name, content, clientMessageId });
    },
    'agent:close_session'(end, { sessionId, reason, publicReason }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      change(chat, { to: 'closed', cause: 'agent_closed', by: 'agent', reason, publicReason });
      return accept({ session: chat.session });
    },
    'agent:release_session'(end, { sessionId, to, reason, publicReason }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (to.type === 'agent') {
        const other = agents.get(to.agentId);
        change(chat, {
          to: 'agent',
          cause: 'agent_transferred',
          by: 'agent',
          reason,
          publicReason,
          agentId: to.agentId,
          agentName: other?.agent.name ?? '',
        });
        tellAssigned(chat, other?.end);
      } else change(chat, { to: 'waiting', cause: 'agent_released', by: 'agent' });
      return accept({ session: chat.session });
    },
    'agent:add_note'(end, { sessionId, content }) {
      const agent = agentOn(end);
      const chat = chatFor(end, sessionId);
      if (!chat || !agent) return noChat();
      const note = { id: newId(), sessionId, agentId: agent.id, agentName: agent.name, content, createdAt: time() };
      chat.notes.push(note);
      end.emit({ event: 'note:added', payload: note });
      return accept({ note });
    },
    'agent:set_status'(end, { status }) {
      const agent = agentOn(end);
      const known = agent && agents.get(agent.id);
      if (!known) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      known.agent = { ...known.agent, status };
      return accept({ agent: known.agent });
    },
    'agent:view_session'(end, { sessionId }) {
      const agent = agentOn(end);
      const chat = chats.get(sessionId);
      if (!agent || !chat) return noChat();
      const { session, log, notes, rating } = chat;
      if (session.status !== 'waiting' && session.assignedAgent !== agent.id) return noChat();
      return accept({
        session: { ...session, messages: log.slice(-100), hasMore: log.length > 100, brief: null, notes, rating },
        wait: null,
      });
    },
    'agent:list_ended'(end) {
      const agent = agentOn(end);
      const ended = [...chats.values()].filter(({ session }) => session.status === 'closed');
      return accept({
        sessions: ended.flatMap(({ session, rating }) =>
          session.assignedAgent === agent?.id ? [{ ...session, rating }] : [],
        ),
      });
    },
    'agent:list_entries': (end, asked) => entriesOf(end, asked),
  };
}

const supersede = (end: ServerEnd) => {
  const message = 'You’re signed in in another window; this connection is closed.';
  end.emit({ event: 'error', payload: { event: 'agent:resume', code: 'FORBIDDEN', message } });
};
