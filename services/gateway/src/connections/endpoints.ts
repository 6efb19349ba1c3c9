import { accept, type GatewayApi } from '@baton/contracts';
import { type Check, createHealth, type Handlers } from '@baton/runtime';
import type { Feeds } from '../delivery/feeds.ts';
import type { SocketServer } from './server-socketio.ts';

/** What other services and operators may ask a gateway over NATS. */
export function gatewayEndpoints(options: {
  instance: string;
  sockets: Pick<SocketServer, 'counts'>;
  feeds: Pick<Feeds, 'size'>;
  checkNats: Check;
  checkRedis: Check;
}): Handlers<GatewayApi> {
  const { instance, sockets, feeds } = options;
  const health = createHealth({
    instance,
    essential: { nats: options.checkNats },
    optional: { redis: options.checkRedis },
  });
  return {
    connections: async () => accept({ instance, ...sockets.counts(), sessionsWatched: feeds.size }),
    health: async () => accept(await health()),
  };
}
