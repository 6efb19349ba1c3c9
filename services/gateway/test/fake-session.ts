import { accept, channels, refuse, type SessionApi } from '@baton/contracts';
import { type Handlers, newId } from '@baton/runtime';
import { type FakeWorld, noAgent, noSession, notHere } from './fake-world.ts';

/** The session service, as far as the gateway asks it. */
export function fakeSession(world: FakeWorld): Handlers<SessionApi> {
  const { model, faults, bus, sources, publishEntries, notifyOfAgent, copy, waitingOf, answersHealth, partOf } = world;
  const { calls, appends } = world;
  const { transfer, assign, close, notifyOfQueue } = world.act;

  const append: Handlers<SessionApi>['append'] = async ({ sessionId, author, messages }) => {
    appends.push({ sessionId, count: messages.length });
    if (faults.refuseAppends > 0) {
      faults.refuseAppends -= 1;
      return refuse('UNAVAILABLE', 'Postgres is away.');
    }
    const found = model.stored(sessionId);
    if (author.type === 'agent' && found?.session.assignedAgent !== author.agentId) return notAssigned();
    if (!found) return noSession();
    if (found.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
    const results = messages.map((message) => model.append(found, author, message));
    publishEntries(...results.flatMap((result) => ('ok' in result || result.repeated ? [] : [result.entry])));
    if (faults.appendAnswersLateMs > 0) await new Promise((done) => setTimeout(done, faults.appendAnswersLateMs));
    return accept({
      results: results.map((result, index) =>
        'ok' in result ? { ...result, field: `messages.${index}.clientMessageId` } : accept(copy(result)),
      ),
    });
  };

  return {
    create: async ({ userId, startId, metadata, source }) => {
      sources.push(source);
      const { found, repeated } = model.start(userId, startId, metadata);
      return accept({ session: copy(found.session), repeated });
    },
    get: async ({ sessionId }) => {
      const found = model.stored(sessionId);
      return found ? accept(copy({ session: found.session, wait: found.wait })) : noSession();
    },
    getMany: async ({ sessionIds }) => {
      calls.push({ endpoint: 'getMany', at: Date.now() });
      return accept({ sessions: sessionIds.flatMap((id) => model.stored(id)?.session ?? []) });
    },
    getWithEntries: async ({ sessionId, last, limit, afterSeq }) => {
      const found = model.stored(sessionId);
      if (!found) return noSession();
      const entries = last
        ? found.entries.slice(-limit)
        : found.entries.filter(({ seq }) => seq > afterSeq).slice(0, limit);
      return accept(
        copy({
          session: found.session,
          wait: found.wait,
          entries,
          hasMore: entries.length < found.entries.length,
          notes: found.notes,
          rating: found.rating,
        }),
      );
    },
    listEntries: async ({ sessionId, afterSeq, limit }) => {
      calls.push({ endpoint: 'listEntries', at: Date.now() });
      if (faults.pagesLateMs > 0) await new Promise((done) => setTimeout(done, faults.pagesLateMs));
      const found = model.stored(sessionId);
      if (!found) return noSession();
      const after = found.entries.filter(({ seq }) => seq > afterSeq);
      const { id, lastSeq, epoch, status } = found.session;
      return accept({
        entries: copy(after.slice(0, limit)),
        hasMore: after.length > limit,
        head: { sessionId: id, lastSeq, epoch, status },
      });
    },
    heads: async ({ sessionIds }) => {
      calls.push({ endpoint: 'heads', at: Date.now() });
      return accept({
        heads: sessionIds.flatMap((sessionId) => {
          const found = model.stored(sessionId)?.session;
          return found ? [{ sessionId, lastSeq: found.lastSeq, epoch: found.epoch, status: found.status }] : [];
        }),
      });
    },
    append,
    appendMany: async ({ appends: several }) => {
      calls.push({ endpoint: 'appendMany', at: Date.now() });
      return accept({ replies: await Promise.all(several.map(append)) });
    },
    close: async ({ sessionId, by, agentId, reason }) => {
      const found = model.stored(sessionId);
      if (by === 'agent' && found?.session.assignedAgent !== agentId) return notAssigned();
      if (!found) return noSession();
      close(found, by, reason);
      return accept({ session: copy(found.session) });
    },
    transfer: async ({ sessionId, reason, priority }) => {
      const found = model.stored(sessionId);
      if (!found) return noSession();
      if (found.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (found.session.status === 'agent') return refuse('ALREADY_TAKEN', 'An agent has the chat.');
      const repeated = found.session.status === 'waiting';
      if (!repeated) transfer(found, priority, reason);
      return found.wait
        ? accept(copy({ session: found.session, wait: found.wait, repeated }))
        : refuse('INTERNAL', 'no wait');
    },
    cancelTransfer: async ({ sessionId, cause }) => {
      const found = model.stored(sessionId);
      if (!found) return noSession();
      if (found.session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat is not waiting.');
      publishEntries(model.change(found, { to: 'bot', cause, by: 'user' }));
      notifyOfQueue();
      return accept({ session: copy(found.session) });
    },
    release: async ({ sessionId, agentId, to, reason }) => {
      const found = model.stored(sessionId);
      if (found?.session.assignedAgent !== agentId) return notAssigned();
      if (to.type === 'agent') assign(found, to.agentId, 'agent_transferred');
      else if (to.type === 'queue') transfer(found, to.priority ?? 'normal', reason);
      else {
        const passing = model.change(found, { to: 'waiting', cause: 'agent_released', by: 'agent', passing: true });
        publishEntries(passing, model.change(found, { to: 'bot', cause: 'agent_returned', by: 'agent', reason }));
      }
      return accept({ session: copy(found.session) });
    },
    createAgent: async ({ name, socketId, capacity, joinId }) => {
      const first = joinId === undefined ? undefined : model.joins.get(joinId);
      const agent = first ?? model.join(name, socketId ?? null, capacity);
      if (joinId !== undefined) model.joins.set(joinId, agent);
      return accept({ agent: copy(agent), repeated: first !== undefined });
    },
    getAgent: async ({ agentId }) => {
      const agent = model.agents.get(agentId);
      return agent ? accept({ agent: copy(agent) }) : noAgent();
    },
    updateAgent: async ({ agentId, status, socketId }) => {
      const agent = model.agents.get(agentId);
      if (!agent) return noAgent();
      if (status !== undefined) agent.status = status;
      if (socketId !== undefined) agent.socketId = socketId;
      notifyOfAgent(agent);
      return accept({ agent: copy(agent) });
    },
    listAgentSessions: async ({ agentId }) =>
      accept({ sessions: model.heldBy(agentId).map(({ session: held }) => copy(held)) }),
    listEndedSessions: async ({ agentId, limit }) =>
      accept({
        sessions: model
          .endedWith(agentId)
          .slice(0, limit)
          .map(({ session: ended, rating }) => copy({ ...ended, rating })),
      }),
    listWaiting: async () => accept({ waiting: model.waiting().map(waitingOf), hasMore: false }),
    addNote: async ({ sessionId, agentId, content }) => {
      const found = model.stored(sessionId);
      const agent = model.agents.get(agentId);
      if (!agent || found?.session.assignedAgent !== agentId) return notAssigned();
      const createdAt = new Date().toISOString();
      const note = { id: newId(), sessionId, agentId, agentName: agent.name, content, createdAt };
      found.notes.push(note);
      bus.publish(channels.live.note, { session: sessionId }, { sessionId, note });
      return accept({ note });
    },
    rate: async ({ sessionId, rating: score, comment = null }) => {
      const found = model.stored(sessionId);
      if (!found) return noSession();
      found.rating = { score, comment, ratedAt: new Date().toISOString() };
      const agentId = found.session.assignedAgent;
      if (agentId !== null)
        bus.publish(channels.agent.rated, { agent: agentId }, { agentId, sessionId, rating: found.rating });
      return accept({});
    },
    stats: async () =>
      accept({
        totalSessions: model.sessions.size,
        activeSessions: model.sessions.size,
        sessionsByStatus: { bot: 0, waiting: 0, agent: 0, closed: 0 },
        totalAgents: model.agents.size,
        availableAgents: model.agents.size,
        messagesLast24h: 0,
        transfersLast24h: 0,
        averageWaitSeconds: null,
        averageHandlingSeconds: null,
        averageFirstResponseMs: null,
        botResolutionShare: null,
        averageRating: null,
        hours: [],
        timestamp: new Date().toISOString(),
      }),
    health: () => answersHealth('session', { postgres: partOf('postgres') }),
    availableAgent: notHere,
    countEntries: notHere,
    changeStatus: notHere,
    clearWaiting: notHere,
    assign: notHere,
    releaseAgent: notHere,
    removeAgent: notHere,
    listAgents: async () => accept({ agents: [...model.agents.values()], hasMore: false }),
    beginTurn: notHere,
    takeModelCall: notHere,
    endTurn: notHere,
    listUnanswered: notHere,
    handlingTimes: notHere,
    cleanup: notHere,
  };
}

/** [S1] Of a chat that is somebody else's, and of one that is not there. */
const notAssigned = () => refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
