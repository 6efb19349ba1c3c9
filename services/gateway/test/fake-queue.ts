import { accept, type QueueApi, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { type FakeWorld, noAgent, noSession, notHere } from './fake-world.ts';

/** The queue service, as far as the gateway asks it. */
export function fakeQueue(world: FakeWorld): Handlers<QueueApi> {
  const { model, publishEntries, copy, waitingOf, answersHealth, calls, told, presence } = world;
  const { assign, notifyOfQueue } = world.act;

  const lengths = () => {
    const of = (priority: string) => model.waiting().filter(({ wait }) => wait.priority === priority).length;
    return { high: of('high'), normal: of('normal'), low: of('low'), total: model.waiting().length };
  };
  return {
    claim: async ({ agentId, sessionId }) => {
      const agent = model.agents.get(agentId);
      if (!agent) return noAgent();
      const next = sessionId === undefined ? model.waiting()[0]?.session.id : sessionId;
      if (next === undefined) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
      const found = model.stored(next);
      if (!found) return noSession();
      if (found.session.status === 'agent') return refuse('ALREADY_TAKEN', `${found.session.agentName} has the chat.`);
      if (found.session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat is not waiting.');
      assign(found, agentId);
      return accept({ session: copy(found.session) });
    },
    list: async ({ after, limit }) => {
      calls.push({ endpoint: 'list', at: Date.now() });
      const those = model.waiting().slice(after, after + limit);
      const waiting = those.map((one, index) => ({ ...waitingOf(one), position: after + index + 1, waitedSeconds: 0 }));
      return accept({ waiting, lengths: lengths(), autoAssign: true });
    },
    next: notHere,
    add: async ({ sessionId, priority }) => {
      told.push(sessionId);
      return accept({ added: true, position: { sessionId, position: 1, waiting: 1, priority, estimate: null } });
    },
    position: async ({ sessionId }) => {
      const index = model.waiting().findIndex(({ session: waiting }) => waiting.id === sessionId);
      const found = model.waiting()[index];
      return found
        ? accept({
            sessionId,
            position: index + 1,
            waiting: model.waiting().length,
            priority: found.wait.priority,
            estimate: null,
          })
        : noSession();
    },
    presence: async ({ present, gone }) => {
      presence.reports.push(present.map(({ agentId }) => agentId));
      for (const { agentId, gatewayId } of present) presence.present.set(agentId, gatewayId);
      for (const { agentId, gatewayId } of gone) {
        presence.gone.push(agentId);
        if (presence.present.get(agentId) === gatewayId) presence.present.delete(agentId);
      }
      return accept({ present: presence.present.size });
    },
    clear: async () => {
      const waiting = model.waiting();
      for (const { session: one } of waiting) {
        const found = model.stored(one.id);
        if (found) publishEntries(model.change(found, { to: 'bot', cause: 'queue_cleared', by: 'system' }));
      }
      notifyOfQueue();
      return accept({ cleared: waiting.length });
    },
    debug: async () =>
      accept({
        prefix: 'fake:',
        lengths: lengths(),
        queues: {},
        metadata: {},
        claims: [],
        presence: [],
        lastComparedAt: null,
      }),
    health: () => answersHealth('queue', { redis: 'up' }),
    remove: notHere,
    length: notHere,
    stats: notHere,
  };
}
