import { setTimeout as pause } from 'node:timers/promises';
import {
  accept,
  aiApi,
  type ControlEvent,
  channels,
  type Priority,
  queueApi,
  refuse,
  type ServiceHealth,
  type SessionApi,
  sessionApi,
} from '@baton/contracts';
import { connectNats, createBus, createLog, createMetrics, type Handlers } from '@baton/runtime';
import { createFakeSession, type FakePublish, type FakeRecord, fakeQueue, noReports } from '@baton/testkit/fakes';

/** What goes wrong on purpose. */
const noFaults = {
  /** Notifications of entries to swallow, from now on. */
  loseEntries: 0,
  /** Each notification of entries is sent this many times. */
  copies: 1,
  /** Notifications of entries are held back for up to this long, so that they overtake each other. */
  shuffleMs: 0,
  /** Appends that are stored, but whose reply is late. */
  appendAnswersLateMs: 0,
  /** Appends refused as UNAVAILABLE, from now on. */
  refuseAppends: 0,
  /** Pages of a log come this late. */
  pagesLateMs: 0,
  /** A request to this endpoint of the session service is carried out, and answered when this resolves. */
  hold: undefined as ((endpoint: string) => Promise<void> | undefined) | undefined,
  loseNotifications: false,
};
type Part = 'session' | 'queue' | 'ai' | 'postgres' | 'model';

/**
 * The testkit's session and queue service, and an ai service, over real NATS. Faults are injected on the way. `older`
 * ones know no appends of several sessions.
 */
export async function startFakeServices(options: { natsUrl: string; subjectRoot: string; older?: boolean }) {
  const log = createLog({ service: 'fakes', instance: 'fakes', level: 'silent' });
  const nats = await connectNats({ url: options.natsUrl, name: 'fakes', log });
  const busOf = (name: string) => createBus({ nats, root: options.subjectRoot, log, metrics: createMetrics(name) });
  const bus = busOf('fakes');
  const faults = { ...noFaults, healthDown: new Set<Part>() };
  const calls: { endpoint: string; at: number }[] = [];
  const appends: { sessionId: string; count: number }[] = [];
  /** The source of each session that a gateway has created. */
  const sources: (string | undefined)[] = [];
  /** Waits that a gateway told the queue of. */
  const told: string[] = [];
  const presence = noReports();

  const notifyOfQueue = () => {
    if (!faults.loseNotifications) bus.publish(channels.queue.changed, {}, { at: new Date().toISOString() });
  };
  const publish: FakePublish = (channel, params, payload) => {
    const send = () => bus.publish(channel, params, payload);
    switch (channel.subject) {
      case channels.live.entry.subject: {
        if (faults.loseEntries > 0) return void faults.loseEntries--;
        for (let copy = 0; copy < faults.copies; copy++) {
          if (faults.shuffleMs === 0) send();
          else setTimeout(send, Math.random() * faults.shuffleMs);
        }
        return;
      }
      case channels.event.control.subject: {
        const { from, to } = payload as ControlEvent;
        if (from === 'waiting' || to === 'waiting') notifyOfQueue();
        return;
      }
      case channels.agent.assigned.subject:
      case channels.agent.changed.subject:
        if (!faults.loseNotifications) send();
        return;
      default:
        send();
    }
  };
  const session = createFakeSession({
    publish,
    before: async (endpoint) => {
      calls.push({ endpoint, at: Date.now() });
      return undefined;
    },
    after: async (endpoint) => faults.hold?.(endpoint),
  });

  const health = async (name: Part, parts: Record<string, 'up' | 'down'>) => {
    if (faults.healthDown.has(name)) await pause(4_000);
    const value: ServiceHealth = {
      status: Object.values(parts).includes('down') ? 'down' : 'up',
      ...{ instance: 'fake', version: '0.0.0', uptimeSeconds: 1 },
      parts: Object.fromEntries(Object.entries(parts).map(([part, status]) => [part, { status }])),
    };
    return accept(value);
  };
  const partOf = (name: Part) => (faults.healthDown.has(name) ? 'down' : 'up');
  const append: Handlers<SessionApi>['append'] = async (request) => {
    appends.push({ sessionId: request.sessionId, count: request.messages.length });
    if (faults.refuseAppends > 0) {
      faults.refuseAppends--;
      return refuse('UNAVAILABLE', 'Postgres is away.');
    }
    const reply = await session.handlers.append(request);
    if (faults.appendAnswersLateMs > 0) await pause(faults.appendAnswersLateMs);
    return reply;
  };
  const sessionHandlers: Handlers<SessionApi> = {
    ...session.handlers,
    create: (request) => {
      sources.push(request.source);
      return session.handlers.create(request);
    },
    append,
    appendMany: async ({ appends: several }) => {
      calls.push({ endpoint: 'appendMany', at: Date.now() });
      return accept({ replies: await Promise.all(several.map(append)) });
    },
    async listEntries(request) {
      if (faults.pagesLateMs > 0) await pause(faults.pagesLateMs);
      return session.handlers.listEntries(request);
    },
    health: () => health('session', { postgres: partOf('postgres') }),
  };
  const queue = fakeQueue({ session: session.direct, autoAssign: true, presence });
  const notHere = async () => refuse('INTERNAL', 'The gateway does not ask for this.');
  const { appendMany: _appendMany, ...olderEndpoints } = sessionApi.endpoints;
  const api = options.older === true ? { ...sessionApi, endpoints: olderEndpoints } : sessionApi;
  const services = [
    await busOf('session').serve(api, sessionHandlers),
    await busOf('queue').serve(queueApi, {
      ...queue,
      add: (request) => {
        told.push(request.sessionId);
        return queue.add(request);
      },
      list: (request) => {
        calls.push({ endpoint: 'list', at: Date.now() });
        return queue.list(request);
      },
      health: () => health('queue', { redis: 'up' }),
    }),
    await busOf('ai').serve(aiApi, {
      health: () => health('ai', { model: partOf('model') }),
      ...{ poke: notHere, tools: notHere, model: notHere },
      ...{ writePoem: notHere, generateGreeting: notHere, generateResponse: notHere },
    }),
  ];

  return {
    ...{ bus, session, faults, calls, appends, sources, told, presence, notifyOfQueue },
    /** Puts a session into the queue, from the bot or from an agent. */
    handOff({ session: { id } }: FakeRecord, priority: Priority, reason: string): void {
      const wait = { reason, priority, brief: { summary: `About: ${reason}` } };
      session.control.move(
        session.record(id),
        'waiting',
        { cause: 'customer_requested', by: 'user', reason },
        { wait },
      );
    },
    botSays(sessionId: string, content: string, inReplyTo?: number): void {
      const { epoch } = session.record(sessionId).session;
      // The fake appends before it returns.
      void session.direct.append({ sessionId, author: { type: 'bot', epoch }, messages: [{ content, inReplyTo }] });
    },
    noFaults(): void {
      Object.assign(faults, noFaults);
      faults.healthDown.clear();
    },
    async stop() {
      for (const service of services) await service.stop();
      await nats.close();
    },
  };
}
