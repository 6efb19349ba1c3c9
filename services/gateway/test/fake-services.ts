import { aiApi, queueApi, sessionApi } from '@baton/contracts';
import { connectNats, createBus, createLog, createMetrics, type Handlers } from '@baton/runtime';
import { fakeQueue } from './fake-queue.ts';
import { fakeSession } from './fake-session.ts';
import { createFakeWorld, notHere } from './fake-world.ts';

/**
 * Session, queue and ai service over real NATS, with a model in memory behind them. `older` ones know no appends of
 * several sessions.
 */
export async function startFakeServices(options: { natsUrl: string; subjectRoot: string; older?: boolean }) {
  const log = createLog({ service: 'fakes', instance: 'fakes', level: 'silent' });
  const nats = await connectNats({ url: options.natsUrl, name: 'fakes', log });
  const busOf = (name: string) => createBus({ nats, root: options.subjectRoot, log, metrics: createMetrics(name) });
  const world = createFakeWorld(busOf('fakes'));
  const ai: Handlers<typeof aiApi> = {
    health: () => world.answersHealth('ai', { model: world.partOf('model') }),
    poke: notHere,
    tools: notHere,
    model: notHere,
    writePoem: notHere,
    generateGreeting: notHere,
    generateResponse: notHere,
  };
  const { appendMany: _appendMany, ...olderEndpoints } = sessionApi.endpoints;
  const api = options.older === true ? { ...sessionApi, endpoints: olderEndpoints } : sessionApi;
  const services = [
    await busOf('session').serve(api, fakeSession(world)),
    await busOf('queue').serve(queueApi, fakeQueue(world)),
    await busOf('ai').serve(aiApi, ai),
  ];
  return {
    ...world,
    async stop() {
      for (const service of services) await service.stop();
      await nats.close();
    },
  };
}
