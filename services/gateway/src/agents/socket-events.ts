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
import type { Limits } from '../access/limits/limits.ts';
import type { ResumeWindow } from '../access/resume-window.ts';
import { agentOf, logWrongToken, notOffered } from '../access/rights.ts';
import type { Tokens } from '../access/tokens.ts';
import type { GatewayConfig } from '../config.ts';
import type { Connection, SignedInAgent } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { TypingPublisher } from '../delivery/typing-publisher.ts';
import { inBackground } from '../platform/background.ts';
import type { SendMessage } from '../sending/message-sender.ts';
import type { OnlineAgents } from './online-agents.ts';
import type { Presence } from './presence.ts';
import type { QueueUpdates } from './queue-view/queue-updates.ts';
import { readingEvents } from './reading-events.ts';
import { isSignedOut, isVanished } from './vanished.ts';

type AgentEvents = EventHandlers<Extract<ClientEventName, `agent:${string}`>>;

export function agentEvents(options: {
  session: Caller<SessionApi>;
  queue: Pick<Caller<QueueApi>, 'claim'>;
  agents: OnlineAgents;
  presence: Pick<Presence, 'reportNow' | 'left'>;
  queueUpdates: Pick<QueueUpdates, 'showTo' | 'page'>;
  sendMessage: SendMessage;
  typing: Pick<TypingPublisher, 'around'>;
  tokens: Tokens;
  resumeWindow: Pick<ResumeWindow, 'mayRepeat'>;
  limits: Limits;
  config: Pick<GatewayConfig, 'BOT_NAME'>;
  log: Log;
}): AgentEvents {
  const { session, queue, agents, presence, sendMessage, typing, tokens, resumeWindow, limits, log } = options;

  /** The agent is signed in on this socket: everything that follows from it. */
  const arrive = async (connection: Connection, agent: Agent, queueChanges = false) => {
    const joined = { agentId: agent.id, agent, token: tokens.issue('agent', agent.id) };
    if (connection.gone) {
      await presence.left(agent.id, connection);
      return joined;
    }
    connection.emit('agent:joined', joined);
    presence.reportNow();
    inBackground(log, 'show the queue', options.queueUpdates.showTo(connection.emit));
    await agents.arrive(connection, agent, { queueChanges });
    return joined;
  };

  return {
    ...readingEvents({ session, agents, notSignedIn }),

    async 'agent:join'(connection, { name, capacity, joinId, queueChanges }) {
      if (isNameOfBot(name, options.config.BOT_NAME))
        return refuse('VALIDATION_FAILED', 'name: must not be what the bot is called', 'name');
      if (connection.identity.role === 'agent') {
        const present = await signedIn(connection);
        const record = present === undefined ? undefined : agents.recordOf(present.agentId);
        // Asking again on the same connection makes no second agent.
        if (record) return accept(await arrive(connection, record, queueChanges));
      }
      const registering = register(session, resumeWindow, { name, capacity, joinId, socketId: connection.id });
      signIn(connection, registering);
      const registered = await registering;
      if (!registered.ok) return registered;
      const { agent } = registered.value;
      log.info({ agentId: agent.id, socketId: connection.id }, 'agent joined');
      return accept(await arrive(connection, agent, queueChanges));
    },

    async 'agent:resume'(connection, { agentId, token, queueChanges }) {
      if (!tokens.verify('agent', agentId, token)) {
        logWrongToken(log, connection);
        return noSuchAgent();
      }
      if (connection.identity.role === 'agent') {
        const present = await signedIn(connection);
        if (present !== undefined && present.agentId !== agentId)
          return refuse('FORBIDDEN', 'Another agent is signed in on this connection; use another one.');
      }
      const resuming = comeBack(session, agentId, connection.id);
      signIn(connection, resuming);
      const back = await resuming;
      if (!back.ok) return back.code === 'NOT_FOUND' ? noSuchAgent() : back;
      log.info({ agentId, socketId: connection.id }, 'agent resumed');
      const joined = await arrive(connection, back.value.agent, queueChanges);
      const assigned = await session.listAgentSessions({ agentId });
      if (!assigned.ok) return assigned;
      await Promise.all(assigned.value.sessions.map(({ id, epoch }) => agents.deliver(agentId, id, epoch)));
      return accept({ ...joined, sessions: assigned.value.sessions });
    },

    async 'agent:pickup_session'(connection, { sessionId }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      const claimed = await queue.claim({ agentId: agent.agentId, sessionId });
      if (!claimed.ok) return isOffered(claimed) ? claimed : notOffered();
      const assigned = claimed.value.session;
      await agents.deliver(agent.agentId, assigned.id, assigned.epoch);
      return accept({ session: assigned });
    },

    async 'agent:send_message'(connection, { sessionId, content, clientMessageId, epoch }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      if (!limits.agentMessage(agent.agentId)) return slowDown();
      return typing.around(connection, sessionId, () =>
        sendMessage({ sessionId, author: { type: 'agent', agentId: agent.agentId, epoch }, content, clientMessageId }),
      );
    },

    async 'agent:close_session'(connection, { sessionId, reason, publicReason }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      return session.close({ sessionId, by: 'agent', agentId: agent.agentId, reason, publicReason });
    },

    async 'agent:release_session'(connection, { sessionId, to, reason, publicReason }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      return session.release({ sessionId, agentId: agent.agentId, to, reason, publicReason });
    },

    async 'agent:set_status'(connection, { status }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      const record = agents.recordOf(agent.agentId);
      const socketId = status === 'offline' ? null : record && isSignedOut(record) ? connection.id : undefined;
      const updated = await session.updateAgent({ agentId: agent.agentId, status, socketId });
      if (updated.ok) agents.update(updated.value.agent);
      return updated;
    },

    async 'agent:list_colleagues'() {
      return session.listAgents({ available: false, onDuty: true });
    },

    async 'agent:list_waiting'(connection, { after, limit }) {
      if ((await agentOf(connection)) === undefined) return notSignedIn();
      const page = await options.queueUpdates.page(after, limit);
      return page === undefined
        ? refuse('UNAVAILABLE', 'The queue is unavailable; try again in a moment.')
        : accept(page);
    },

    async 'agent:add_note'(connection, { sessionId, content, clientNoteId }) {
      const agent = await agentOf(connection);
      if (agent === undefined) return notSignedIn();
      if (!limits.agentMessage(agent.agentId)) return slowDown();
      return session.addNote({ sessionId, agentId: agent.agentId, content, clientNoteId });
    },
  };
}

/**
 * The connection belongs to the agent at once, so that its client may send events right behind the one that signs in.
 */
function signIn(connection: Connection, asking: Promise<Reply<{ agent: Agent }>>): void {
  connection.identity = {
    role: 'agent',
    agent: asking.then(
      (reply) => (reply.ok ? { agentId: reply.value.agent.id, name: reply.value.agent.name } : undefined),
      () => undefined,
    ),
  };
}

/** The agent of this connection, when nobody is signing in on it any more: it never belongs to two. */
async function signedIn(connection: Connection): Promise<SignedInAgent | undefined> {
  for (;;) {
    const { identity } = connection;
    const agent = await agentOf(connection);
    if (connection.identity === identity) return agent;
  }
}

type Registration = Parameters<Caller<SessionApi>['createAgent']>[0] & { socketId: string };

/** A new agent's record. A join that is repeated because its answer was lost gives the first record again. */
async function register(
  session: Pick<Caller<SessionApi>, 'createAgent' | 'getAgent' | 'updateAgent'>,
  resumeWindow: Pick<ResumeWindow, 'mayRepeat'>,
  registration: Registration,
) {
  const created = await session.createAgent(registration);
  if (!created.ok || !created.value.repeated) return created;
  if (!resumeWindow.mayRepeat(created.value.agent.joinedAt)) return joinedLongAgo();
  const back = await comeBack(session, created.value.agent.id, registration.socketId);
  // Deleted in between: a client that asks once more becomes a new agent.
  return back.ok || back.code !== 'NOT_FOUND'
    ? back
    : refuse('UNAVAILABLE', 'You were signed out in the meantime; try again.');
}

/** The agent's record, with its new socket. An agent that was marked as vanished is available again. */
async function comeBack(
  session: Pick<Caller<SessionApi>, 'getAgent' | 'updateAgent'>,
  agentId: string,
  socketId: string,
) {
  const found = await session.getAgent({ agentId });
  if (!found.ok || isSignedOut(found.value.agent)) return found;
  return session.updateAgent({ agentId, socketId, ...(isVanished(found.value.agent) && { status: 'available' }) });
}

/**
 * [S1] The services say why any session cannot be claimed; the agent learns that only of sessions that were offered.
 */
const isOffered = ({ code, field }: Refusal): boolean =>
  code === 'NOT_FOUND' ? field === 'agentId' : code !== 'SESSION_CLOSED' && code !== 'NOT_WAITING';

const joinedLongAgo = () =>
  refuse('ID_REUSED', 'joinId: this stay began long ago; take a new id for a new one', 'joinId');
const noSuchAgent = () => refuse('NOT_FOUND', 'There is no such agent; join again.', 'agentId');
const notSignedIn = () => refuse('UNAUTHENTICATED', 'You’re signed out; send agent:join first.');
const slowDown = () => refuse('RATE_LIMITED', 'Too many messages at once; slow down.');
