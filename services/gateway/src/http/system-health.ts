import type {
  AiApi,
  HealthPart,
  PartStatus,
  QueueApi,
  Reply,
  ServiceHealth,
  SessionApi,
  SystemHealth,
} from '@baton/contracts';
import { type Caller, type Check, checkPart } from '@baton/runtime';

const ASK_TIMEOUT_MS = 1_500;
/** However often health is requested, the parts are checked at most once in this time. */
const CACHE_MS = 1_000;

type Part = keyof SystemHealth['services'];
/** Without one of these nobody can chat. */
const essential: readonly Part[] = ['gateway', 'session', 'postgres', 'nats'];

/** [O3] The state of every part, as a client of this gateway finds it. */
export function createSystemHealth(options: {
  session: Pick<Caller<SessionApi>, 'health'>;
  queue: Pick<Caller<QueueApi>, 'health'>;
  ai: Pick<Caller<AiApi>, 'health'>;
  checkRedis: Check;
  checkNats: Check;
  draining: () => boolean;
}) {
  const look = async (): Promise<SystemHealth> => {
    const ask = { timeoutMs: ASK_TIMEOUT_MS };
    const [session, queue, ai, redis, nats] = await Promise.all([
      timed(options.session.health({}, ask)),
      timed(options.queue.health({}, ask)),
      timed(options.ai.health({}, ask)),
      checkPart(options.checkRedis),
      checkPart(options.checkNats),
    ]);
    const services: SystemHealth['services'] = {
      gateway: options.draining() ? { status: 'down', detail: 'stopping' } : { status: 'up' },
      session: serviceItself(session),
      queue: serviceItself(queue),
      ai: serviceItself(ai),
      postgres: behind(session, 'session', 'postgres'),
      redis,
      nats,
      model: behind(ai, 'ai', 'model'),
    };
    return { status: overall(services), services, timestamp: new Date().toISOString() };
  };

  let cached: { at: number; health: Promise<SystemHealth> } | undefined;
  return (): Promise<SystemHealth> => {
    const now = performance.now();
    if (cached === undefined || now - cached.at > CACHE_MS) cached = { at: now, health: look() };
    return cached.health;
  };
}

interface Answer {
  reply: Reply<ServiceHealth>;
  latencyMs: number;
}

async function timed(asking: Promise<Reply<ServiceHealth>>): Promise<Answer> {
  const start = performance.now();
  const reply = await asking;
  return { reply, latencyMs: Math.round((performance.now() - start) * 10) / 10 };
}

/** A service that answers is up, whatever it reports about the servers behind it: those are parts of their own. */
function serviceItself({ reply, latencyMs }: Answer): HealthPart {
  if (!reply.ok) return { status: 'down', detail: reply.message };
  const { status, parts } = reply.value;
  const troubled = Object.entries(parts).filter(([, part]) => part.status !== 'up');
  if (status === 'up' || troubled.length === 0) return { status, latencyMs };
  return { status: 'degraded', latencyMs, detail: `degraded: ${troubled.map(([name]) => name).join(', ')}` };
}

function behind({ reply }: Answer, service: string, part: string): HealthPart {
  if (!reply.ok) return { status: 'down', detail: `not known: the ${service} service does not answer` };
  return reply.value.parts[part] ?? { status: 'down', detail: `the ${service} service says nothing about it` };
}

export function overall(services: SystemHealth['services']): PartStatus {
  if (essential.some((part) => services[part].status === 'down')) return 'down';
  return Object.values(services).every(({ status }) => status === 'up') ? 'up' : 'degraded';
}
