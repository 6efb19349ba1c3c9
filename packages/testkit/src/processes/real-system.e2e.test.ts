import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { startSystem } from '../index.ts';

it('runs two of each service in a space of their own', async () => {
  const system = await startSystem({ gateways: 2, sessions: 2, queues: 2, ais: 2 });
  for (const url of system.urls) {
    const health: unknown = await (await fetch(`${url}/health`)).json();
    expect(health).toMatchObject({ services: { session: {}, queue: {}, ai: {}, model: {} } });
  }
  const redis = new Redis(system.space.redisUrl);
  const keys = await redis.keys(`${system.space.redisPrefix}*`);
  redis.disconnect();
  expect(keys).not.toEqual([]);
  await system.stop();
});
