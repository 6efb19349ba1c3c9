import { createServer, type Server } from 'node:http';
import type { SystemHealth } from '@baton/contracts';
import { type Parts, throttled } from '@baton/runtime';
import type { Access } from '../access/access.ts';
import type { GatewayConfig } from '../config.ts';
import { serveBelow } from './base-path.ts';
import { arrivalTimes, limitConnections } from './limit-connections.ts';
import { APPS_FOLDER, createPages } from './pages.ts';
import { createRoutes } from './routes.ts';

/** Everything that the gateway serves over plain HTTP. Socket.IO shares its port. */
export function createHttpServer(
  options: Pick<Parts<GatewayConfig>, 'config' | 'log' | 'metrics'> & Access & { health: () => Promise<SystemHealth> },
) {
  const { config, log, production, addressOf, isProxy, slots } = options;
  const server: Server = createServer(
    arrivalTimes,
    createRoutes({
      ...options,
      open: !production,
      pages: createPages({ apps: config.APPS_FOLDER ?? APPS_FOLDER, frameAncestors: config.FRONTEND_URL }),
      chat: { title: config.CHAT_TITLE, greeting: config.BOT_GREETING },
      basePath: config.BASE_PATH,
    }),
  );
  return {
    server,
    /** Call when Socket.IO is attached: the limits and the base path come before all other listeners. */
    listen(): Promise<number> {
      limitConnections(server, {
        // For one page a browser opens a few connections besides the one that it keeps.
        connections: slots(2),
        requests: slots(2),
        isProxy,
        addressOf,
        onRefused: (address) => throttled(log).warn(address, { address }, 'refused: too many connections'),
      });
      serveBelow(server, config.BASE_PATH);
      return listen(server, config.HOST, config.PORT);
    },
  };
}

/**
 * Listens, and returns the port: the given one, or the one that the system chose for 0.
 * @throws when the port is taken, naming it.
 */
async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`PORT: port ${port} is taken`) : error),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
