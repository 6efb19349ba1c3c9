import { aiApi, queueApi, sessionApi, subjects as subjectsOf } from '@baton/contracts';
import { connectNats, createLog, createMetrics, type Handlers, serve } from '@baton/runtime';
import { fakeQueue } from './fake-queue.ts';
import { fakeSession } from './fake-session.ts';
import { createFakeWorld, notHere } from './fake-world.ts';

/** Session, queue and ai service over real NATS, with a model in memory behind them. */
export async function startFakeServices(options: { natsUrl: string; subjectRoot: string }) {
  const log = createLog({ service: 'fakes', instance: 'fakes', level: 'silent' });
  const nats = await connectNats({ url: options.natsUrl, name: 'fakes', log });
  const subjects = subjectsOf(options.subjectRoot);
  const world = createFakeWorld(nats, subjects);
  const ai: Handlers<typeof aiApi> = {
    health: () => world.answersHealth('ai', { model: world.partOf('model') }),
    poke: notHere,
    tools: notHere,
    model: notHere,
    writePoem: notHere,
    generateGreeting: notHere,
    generateResponse: notHere,
  };
  const served = (name: string) => ({ nats, subjects, version: '0.0.0', log, metrics: createMetrics(name) });
  const services = [
    await serve({ ...served('session'), api: sessionApi, handlers: fakeSession(world) }),
    await serve({ ...served('queue'), api: queueApi, handlers: fakeQueue(world) }),
    await serve({ ...served('ai'), api: aiApi, handlers: ai }),
  ];
  return {
    ...world,
    async stop() {
      for (const service of services) await service.stop();
      await nats.close();
    },
  };
}
