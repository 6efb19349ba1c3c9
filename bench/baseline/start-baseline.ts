import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@baton/local';
import { startDriver } from '../load/driver.ts';
import type { BaselineLoad, BaselinePlaces } from '../load/protocol.ts';
import type { Backends } from '../processes/backends.ts';
import { startNode } from '../processes/node-process.ts';

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A bare Socket.IO server. */
export async function startEcho(
  backends: Backends,
  { nodeFlags = [], wireTimes }: { nodeFlags?: readonly string[]; wireTimes?: string | undefined } = {},
) {
  const port = await freePort();
  return startNode({
    name: 'echo',
    program: program('echo-server.ts'),
    env: { PORT: String(port), NODE_ENV: 'production' },
    port,
    healthPath: '/',
    logFile: join(backends.folder, 'echo.log'),
    nodeFlags,
    wireTimes,
  });
}

/**
 * The parts of the baseline, each in a process of its own, and the load that uses them. `wireTimes`: a folder in which
 * each leaves when it read and wrote.
 */
export async function startBaseline(backends: Backends, wireTimes?: string) {
  const echo = await startEcho(backends, { wireTimes });
  const port = await freePort();
  const responder = await startNode({
    name: 'responder',
    program: program('responder.ts'),
    env: { PORT: String(port), NATS_URL: backends.natsUrl.replace('nats://', '') },
    port,
    healthPath: '/',
    logFile: join(backends.folder, 'responder.log'),
    wireTimes,
  });
  const driver = startDriver('baseline.ts', wireTimes);
  const places: BaselinePlaces = {
    kind: 'arrive',
    echoUrl: echo.url,
    natsUrl: backends.natsUrl,
    databaseUrl: await backends.createDatabase(`baseline_${port}`),
    redisUrl: backends.redisUrl,
  };
  await driver.order(places);
  return {
    echo,
    responder,
    load: { pid: driver.pid },
    measure: (perSecond: number, seconds: number): Promise<BaselineLoad> =>
      driver.order({ kind: 'measure', perSecond, seconds }),
    async stop() {
      await driver.stop();
      await responder.stop();
      await echo.stop();
    },
  };
}
