import type { SupervisorClient, SupervisorState, SystemHealth, SystemStats } from '@baton/client';
import { fakeAgent, fakeId, fakeWait } from './fake-agent-client.ts';
import { waitingFew } from './scenes.ts';

const HOUR = 3_600_000;

/** A day of a small shop: quiet at night, two peaks. */
function day(): SystemStats['hours'] {
  const first = Math.floor(Date.now() / HOUR) * HOUR - 23 * HOUR;
  return Array.from({ length: 24 }, (_, index) => {
    const wave = Math.max(
      0,
      Math.sin(((index + 2) / 24) * Math.PI * 2) + Math.sin(((index + 2) / 12) * Math.PI * 2) * 0.5 + 0.35,
    );
    const quiet = wave < 0.12;
    return {
      hour: new Date(first + index * HOUR).toISOString(),
      messages: Math.round(wave * 210),
      averageWaitSeconds: quiet ? null : 20 + wave * 65 + (index % 5) * 6,
      averageHandlingSeconds: quiet ? null : 260 + (index % 7) * 31,
      closed: Math.round(wave * 19),
      closedByBot: Math.round(wave * 14 * (0.58 + (index % 4) * 0.07)),
      abandoned: Math.round(wave * 5),
    };
  });
}

const up = (latencyMs: number) => ({ status: 'up' as const, latencyMs });
const well: SystemHealth = {
  status: 'up',
  services: {
    gateway: { status: 'up' },
    session: up(1.8),
    queue: up(1.1),
    ai: up(2.4),
    postgres: up(0.9),
    redis: up(0.3),
    nats: up(0.2),
    model: up(184),
  },
  timestamp: new Date().toISOString(),
};
const troubled: SystemHealth = {
  ...well,
  status: 'degraded',
  services: {
    ...well.services,
    ai: { status: 'degraded', latencyMs: 3, detail: 'degraded: model' },
    model: {
      status: 'down',
      detail: 'the endpoint does not know the model: check OPENAI_MODEL (404): “The model was decommissioned.”',
      notes: ['does not take stream_options', 'OPENAI_BASE_URL lacks /v1: it is added'],
    },
    redis: { status: 'down', detail: 'no answer within 2 s' },
    queue: { status: 'down', detail: 'The queue service does not answer.' },
  },
};

const rated = (name: string, score: number, comment: string | null, agentName: string | null) => ({
  score,
  comment,
  ratedAt: new Date(Date.now() - score * 600_000).toISOString(),
  sessionId: fakeId(name),
  userId: name.toLowerCase(),
  customerName: name,
  agentId: agentName === null ? null : fakeId(agentName),
  agentName,
});

const stats: SystemStats = {
  totalSessions: 18_402,
  activeSessions: 41,
  sessionsByStatus: { bot: 27, waiting: 3, agent: 11, closed: 18_361 },
  totalAgents: 214,
  availableAgents: 3,
  messagesLast24h: 3_918,
  transfersLast24h: 96,
  averageWaitSeconds: 48.5,
  averageHandlingSeconds: 343,
  averageFirstResponseMs: 1_240,
  botResolutionShare: 0.68,
  averageRating: 4.4,
  ratingsLast24h: 27,
  recentRatings: [
    rated('Noor Haddad', 4, 'Quick and friendly.', 'Ada Lovelace'),
    rated('Priya Raman', 1, 'Charged twice, and nobody called back. '.repeat(6).trim(), 'Grace Hopper'),
    rated('Yuki Tanaka', 5, null, null),
  ],
  hours: day(),
  timestamp: new Date().toISOString(),
};
const agents = [
  fakeAgent('Ada Lovelace', { active: 3 }),
  fakeAgent('Grace Hopper', { active: 2 }),
  fakeAgent('Edsger Dijkstra', { status: 'busy', active: 4 }),
  fakeAgent('Katherine Johnson', { active: 2, capacity: 2 }),
  fakeAgent('Barbara Liskov', { active: 0, capacity: 25 }),
];
const queueOf = (ids: readonly string[], missing = 0) => ({
  queue: {
    prefix: 'chat:',
    lengths: { high: 1, normal: ids.length - 1 - missing, low: 0, total: ids.length - missing },
    queues: {
      'chat:queue:high': ids
        .slice(0, 1)
        .map((sessionId) => ({ sessionId, requestedAt: new Date(Date.now() - 221_000).toISOString() })),
      'chat:queue:normal': ids
        .slice(1, ids.length - missing)
        .map((sessionId) => ({ sessionId, requestedAt: new Date(Date.now() - 94_000).toISOString() })),
    },
    metadata: {},
    claims: [],
    presence: agents.map(({ id }) => ({ agentId: id, lastSeenAt: new Date(Date.now() - 2_000).toISOString() })),
    lastComparedAt: new Date(Date.now() - 3_000).toISOString(),
    comparison: {
      inRedis: ids.length - missing,
      inRecord: ids.length,
      apart: missing,
      onlyInRedis: [],
      onlyInRecord: ids
        .slice(ids.length - missing)
        .map((sessionId) => ({ sessionId, requestedAt: new Date(Date.now() - 94_000).toISOString() })),
    },
  },
  database: {
    waiting: ids.map((sessionId) => ({ sessionId, requestedAt: new Date(Date.now() - 94_000).toISOString() })),
    hasMore: false,
  },
  timestamp: new Date().toISOString(),
});

const waiting = { sessions: waitingFew, total: waitingFew.length, timestamp: new Date().toISOString() };
const base: SupervisorState = {
  connection: 'online',
  stats,
  health: well,
  queue: queueOf(waitingFew.map(({ id }) => id)),
  agents,
  waiting,
  problem: null,
};
const many = Array.from({ length: 50 }, (_, n) =>
  fakeWait(`Customer number ${n}`, { waitedSeconds: 900 - n * 11, position: n + 1 }),
);

/** Every state that the supervisor's view can be seen in, by name. */
export const supervisorScenes: Record<string, () => SupervisorState> = {
  'admin-key': () => ({
    ...base,
    stats: null,
    problem: { code: 'UNAUTHENTICATED', message: 'The key for operators is missing or wrong.' },
  }),
  'admin-loading': () => ({
    ...base,
    connection: 'connecting',
    stats: null,
    health: null,
    agents: null,
    waiting: null,
    queue: null,
  }),
  'admin-day': () => base,
  'admin-new': () => ({
    ...base,
    agents: [],
    waiting: { sessions: [], total: 0, timestamp: new Date().toISOString() },
    queue: queueOf([]),
    stats: {
      ...stats,
      sessionsByStatus: { bot: 0, waiting: 0, agent: 0, closed: 0 },
      messagesLast24h: 0,
      transfersLast24h: 0,
      averageWaitSeconds: null,
      averageHandlingSeconds: null,
      averageFirstResponseMs: null,
      botResolutionShare: null,
      averageRating: null,
      ratingsLast24h: 0,
      recentRatings: [],
      hours: stats.hours.map(({ hour }) => ({
        hour,
        messages: 0,
        averageWaitSeconds: null,
        averageHandlingSeconds: null,
        closed: 0,
        closedByBot: 0,
        abandoned: 0,
      })),
    },
  }),
  'admin-trouble': () => ({
    ...base,
    connection: 'offline',
    health: troubled,
    waiting: { sessions: many, total: 1_240, timestamp: new Date().toISOString() },
    stats: { ...stats, sessionsByStatus: { ...stats.sessionsByStatus, waiting: 1_240 } },
    queue: queueOf(many.map(({ id }) => id).concat(fakeId('lost')), 1),
  }),
};

/** An operator's view of a state that stands still. */
export function createFakeSupervisorClient(state: SupervisorState): SupervisorClient {
  const listeners = new Set<(state: SupervisorState) => void>();
  const answer = <T>(value: T | null) =>
    Promise.resolve(
      value === null
        ? { ok: false as const, code: 'UNAVAILABLE' as const, message: 'not on stage' }
        : { ok: true as const, value },
    );
  return {
    state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stats: () => answer(state.stats),
    health: () => answer(state.health),
    agents: () => answer(state.agents),
    waiting: () => answer(state.waiting),
    debugQueue: () => answer(state.queue),
    clearQueue: () => answer({ cleared: state.waiting?.total ?? 0 }),
    poll: () => () => {},
    now: () => Date.now(),
    close() {},
  };
}
