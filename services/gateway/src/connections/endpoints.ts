import { accept, type GatewayApi } from '@baton/contracts';
import type { createHealth, Handlers } from '@baton/runtime';
import type { Watches } from '../delivery/feeds.ts';
import type { SocketServer } from './server-socketio.ts';

/** What other parts and operators may ask a gateway over NATS. */
export function gatewayEndpoints(options: {
  instance: string;
  sockets: Pick<SocketServer, 'counts'>;
  watches: Pick<Watches, 'size'>;
  health: ReturnType<typeof createHealth>;
}): Handlers<GatewayApi> {
  const { instance, sockets, watches } = options;
  return {
    connections: async () => accept({ instance, ...sockets.counts(), sessionsWatched: watches.size }),
    health: async () => accept(await options.health()),
  };
}
