import { channels, subjects as createSubjects, type Draft, type Typing } from '@baton/contracts';
import { type OfflineModel, type OfflineModelOptions, startOfflineModel } from '@baton/offline-model';
import { createBus, createLog, createMetrics, type Metrics, newId, readConfig } from '@baton/runtime';
import { type TestSpace, until } from '@baton/testkit';
import { connect, type NatsConnection } from 'nats';
import { aiConfig } from '../src/config.ts';
import { startAi } from '../src/main.ts';
import { type FakeSession, fakeSessionService } from './fake-session.ts';

/** Limits short enough for tests to await, long enough for a busy machine. */
const quick = {
  FIRST_TOKEN_TIMEOUT_MS: '1500',
  IDLE_TIMEOUT_MS: '700',
  TURN_TIMEOUT_MS: '5000',
  MODEL_WAIT_MS: '3000',
  BURST_QUIET_MS: '80',
  DRAFT_EVERY_MS: '20',
  HEALTH_HOST: '127.0.0.1',
  HEALTH_PORT: '0',
  LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
};

/** A fake session service, the offline model and as many ai services as are started, around one real NATS. */
export async function createBench(space: TestSpace, options: OfflineModelOptions = {}) {
  const subjects = createSubjects(space.subjectRoot);
  const nats: NatsConnection = await connect(space.nats);
  const log = createLog({ service: 'ai-test', instance: 'test', level: 'silent' });
  const bus = createBus({ nats, root: space.subjectRoot, log, metrics: createMetrics('test') });
  // As the session service does, which keeps the events.
  await bus.ensureEvents();
  const session: FakeSession = await fakeSessionService(bus);
  const model: OfflineModel = await startOfflineModel({ control: true, ...options });
  const running = new Set<{ stop: () => Promise<void> }>();

  /** The consumer delivers events that are published after it was created. Notifications need no consumer. */
  const consumerMade = async () => {
    const manager = await nats.jetstreamManager();
    await until(() => manager.consumers.info(subjects.stream, 'ai-control'), { what: 'the consumer of control' });
  };

  const startService = async (env: Record<string, string> = {}) => {
    const config = readConfig(aiConfig, {
      ...quick,
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_MODEL: model.model,
      ...space.env,
      ...env,
    });
    const instance = `ai-${newId()}`;
    const log = createLog({ service: 'ai', instance, level: config.LOG_LEVEL });
    const metrics: Metrics = createMetrics('ai');
    const releases: { name: string; stop: () => unknown }[] = [];
    await startAi({ config, instance, log, metrics, release: (name, stop) => releases.push({ name, stop }) });
    const service = {
      instance,
      metrics,
      stop: async () => {
        if (!running.delete(service)) return;
        for (const { stop } of releases.reverse()) await stop();
      },
    };
    running.add(service);
    await consumerMade();
    return service;
  };

  const drafts: Draft[] = [];
  bus.subscribe(channels.live.draft, {}, (draft) => drafts.push(draft));
  const typings: Typing[] = [];
  bus.subscribe(channels.live.typing, {}, (typing) => typings.push(typing));
  return {
    subjects,
    nats,
    bus,
    session,
    model,
    startService,
    consumerMade,
    drafts,
    typings,
    async stop() {
      await Promise.all([...running].map((service) => service.stop()));
      await model.close();
      await session.stop();
      await nats.close();
    },
  };
}
export type Bench = Awaited<ReturnType<typeof createBench>>;
