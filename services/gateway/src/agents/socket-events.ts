import {
  type Agent,
  accept,
  type ClientEventName,
  isNameOfBot,
  type QueueApi,
  type Refusal,
  type Reply,
  refuse,
  type SessionApi,
} from '@baton/contracts';
import type { Caller, Log } from '@baton/runtime';
import { noteWrongToken, notOffered, onDuty } from '../access/holder.ts';
import type { Limits } from '../access/limits/limits.ts';
import type { Returning } from '../access/returning.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Sends } from '../delivery/sends.ts';
import type { TypingEvents } from '../delivery/typing-events.ts';
import { inBackground } from '../platform/background.ts';
import type { Desk } from './desk.ts';
import { isOffDuty, isVanished } from './off-duty.ts';
import type { Presence } from './presence.ts';
import type { WaitingList } from './queue-view/queue-updates.ts';
import { agentViews } from './session-views.ts';

type AgentEvents = EventHandlers<Extract<ClientEventName, `agent:${string}`>>;

export function agentEvents(options: {
  session: Caller<SessionApi>;
  queue: Pick<Caller<QueueApi>, 'claim'>;
  desk: Desk;
  presence: Pick<Presence, 'reportNow' | 'left'>;
  waitingList: Pick<WaitingList, 'load' | 'page'>;
  sends: Sends;
  typing: Pick<TypingEvents, 'around'>;
  tokens: Tokens;
  returning: Pick<Returning, 'mayRepeat'>;
  limits: Limits;
  /** What the operator calls the bot. */
  botName: string | undefined;
  log: Log;
}): AgentEvents {
  const { session, queue, desk, presence, sends, typing, tokens, returning, limits, log } = options;

  /** The agent is on duty on this socket: everything that follows from it. */
  const arrive = async (connection: Connection, agent: Agent) => {
    const joined = { agentId: agent.id, agent, token: tokens.issue('agent', agent.id) };
    if (connection.gone) {
      await presence.left(agent.id, connection);
      return joined;
    }
    connection.emit('agent:joined', joined);
    presence.reportNow();
    const shown = options.waitingList.load().then((update) => update && connection.emit('queue:update', update));
    inBackground(log, 'show the waiting list', shown);
    await desk.arrive(connection, agent);
    return joined;
  };

  return {
    ...agentViews({ session, desk, notOnDuty }),

    async 'agent:join'(connection, { name, capacity, joinId }) {
      if (isNameOfBot(name, options.botName))
        return refuse('VALIDATION_FAILED', 'name: must not be what the bot is called', 'name');
      if (connection.identity.role === 'agent') {
        const present = await connection.identity.duty;
        const record = present === undefined ? undefined : desk.recordOf(present.agentId);
        // Asking again on the same connection makes no second agent.
        if (record) return accept(await arrive(connection, record));
      }
      const registering = register(session, returning, { name, capacity, joinId, socketId: connection.id });
      goOnDuty(connection, registering);
      const registered = await registering;
      if (!registered.ok) return registered;
      const { agent } = registered.value;
      log.info({ agentId: agent.id, socketId: connection.id }, 'agent joined');
      return accept(await arrive(connection, agent));
    },

    async 'agent:resume'(connection, { agentId, token }) {
      if (!tokens.verify('agent', agentId, token)) {
        noteWrongToken(log, connection);
        return noSuchAgent();
      }
      const other = desk.agentOn(connection);
      if (other !== undefined && other !== agentId)
        return refuse('FORBIDDEN', 'Another agent is signed in on this connection; use another one.');
      const returning = comeBack(session, agentId, connection.id);
      goOnDuty(connection, returning);
      const back = await returning;
      if (!back.ok) return back.code === 'NOT_FOUND' ? noSuchAgent() : back;
      log.info({ agentId, socketId: connection.id }, 'agent resumed');
      const joined = await arrive(connection, back.value.agent);
      const held = await session.listAgentSessions({ agentId });
      if (!held.ok) return held;
      await Promise.all(held.value.sessions.map(({ id, epoch }) => desk.take(agentId, id, epoch)));
      return accept({ ...joined, sessions: held.value.sessions });
    },

    async 'agent:pickup_session'(connection, { sessionId }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      const claimed = await queue.claim({ agentId: agent.agentId, sessionId });
      if (!claimed.ok) return isOffered(claimed) ? claimed : notOffered();
      const taken = claimed.value.session;
      await desk.take(agent.agentId, taken.id, taken.epoch);
      return accept({ session: taken });
    },

    async 'agent:send_message'(connection, { sessionId, content, clientMessageId, epoch }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      if (!limits.agentMessage(agent.agentId)) return slowDown();
      return typing.around(connection, sessionId, () =>
        sends({ sessionId, author: { type: 'agent', agentId: agent.agentId, epoch }, content, clientMessageId }),
      );
    },

    async 'agent:close_session'(connection, { sessionId, reason, publicReason }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      return session.close({ sessionId, by: 'agent', agentId: agent.agentId, reason, publicReason });
    },

    async 'agent:release_session'(connection, { sessionId, to, reason, publicReason }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      return session.release({ sessionId, agentId: agent.agentId, to, reason, publicReason });
    },

    async 'agent:set_status'(connection, { status }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      const record = desk.recordOf(agent.agentId);
      const socketId = status === 'offline' ? null : record && isOffDuty(record) ? connection.id : undefined;
      const updated = await session.updateAgent({ agentId: agent.agentId, status, socketId });
      if (updated.ok) desk.note(updated.value.agent);
      return updated;
    },

    async 'agent:list_colleagues'() {
      return session.listAgents({ available: false, onDuty: true });
    },

    async 'agent:list_waiting'(connection, { after, limit }) {
      if ((await onDuty(connection)) === undefined) return notOnDuty();
      const page = await options.waitingList.page(after, limit);
      return page === undefined
        ? refuse('UNAVAILABLE', 'The queue is unavailable; try again in a moment.')
        : accept(page);
    },

    async 'agent:add_note'(connection, { sessionId, content, clientNoteId }) {
      const agent = await onDuty(connection);
      if (agent === undefined) return notOnDuty();
      if (!limits.agentMessage(agent.agentId)) return slowDown();
      return session.addNote({ sessionId, agentId: agent.agentId, content, clientNoteId });
    },
  };
}

/** The connection is the agent's from here on, so that events may be sent right behind the one that says who it is. */
function goOnDuty(connection: Connection, asking: Promise<Reply<{ agent: Agent }>>): void {
  connection.identity = {
    role: 'agent',
    duty: asking.then(
      (reply) => (reply.ok ? { agentId: reply.value.agent.id, name: reply.value.agent.name } : undefined),
      () => undefined,
    ),
  };
}

type Registration = Parameters<Caller<SessionApi>['createAgent']>[0] & { socketId: string };

/** A new agent's record. An agent whose join was answered before, though the answer was lost, comes back. */
async function register(
  session: Pick<Caller<SessionApi>, 'createAgent' | 'getAgent' | 'updateAgent'>,
  returning: Pick<Returning, 'mayRepeat'>,
  registration: Registration,
) {
  const created = await session.createAgent(registration);
  if (!created.ok || !created.value.repeated) return created;
  if (!returning.mayRepeat(created.value.agent.joinedAt)) return joinedLongAgo();
  const back = await comeBack(session, created.value.agent.id, registration.socketId);
  // Removed in between: whoever asks once more is a new one.
  return back.ok || back.code !== 'NOT_FOUND'
    ? back
    : refuse('UNAVAILABLE', 'You were signed out in the meantime; try again.');
}

/** The agent's record, with its new socket. One that was taken for vanished takes chats again. */
async function comeBack(
  session: Pick<Caller<SessionApi>, 'getAgent' | 'updateAgent'>,
  agentId: string,
  socketId: string,
) {
  const found = await session.getAgent({ agentId });
  if (!found.ok || isOffDuty(found.value.agent)) return found;
  return session.updateAgent({ agentId, socketId, ...(isVanished(found.value.agent) && { status: 'available' }) });
}

/** [S1] The services say of any chat why it cannot be claimed; an agent is told no more than of one that is not there. */
const isOffered = ({ code, field }: Refusal): boolean =>
  code === 'NOT_FOUND' ? field === 'agentId' : code !== 'SESSION_CLOSED' && code !== 'NOT_WAITING';

const joinedLongAgo = () =>
  refuse('ID_REUSED', 'joinId: this stay began long ago; take a new id for a new one', 'joinId');
const noSuchAgent = () => refuse('NOT_FOUND', 'There is no such agent; join again.', 'agentId');
const notOnDuty = () => refuse('UNAUTHENTICATED', 'You’re signed out; send agent:join first.');
const slowDown = () => refuse('RATE_LIMITED', 'Too many messages at once; slow down.');
