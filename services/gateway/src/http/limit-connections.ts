import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import type { ConnectionSlots } from '../access/limits/connection-slots.ts';

/**
 * [S3] How long a request may take to arrive: its headers, and all of it. A slow sender holds a connection no longer.
 */
export const arrivalTimes: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
};

/**
 * [S3] [S6] Prevents one network from holding all connections, or all requests in progress, by being slow or silent. A
 * TCP connection takes a slot when it is accepted, before any byte is read. A proxy's connections carry many clients,
 * so each request takes a slot too while it is in progress, counted by its client's address.
 */
export function limitConnections(
  http: Server,
  options: {
    connections: ConnectionSlots;
    requests: ConnectionSlots;
    isProxy: (peer: string | undefined) => boolean;
    addressOf: (request: IncomingMessage) => string;
    onRefused: (address: string) => void;
  },
): void {
  http.on('connection', (socket: TcpSocket) => {
    const peer = socket.remoteAddress;
    if (options.isProxy(peer)) return;
    // A socket that has closed meanwhile has no address.
    const release = peer === undefined ? undefined : options.connections.take(peer);
    if (release !== undefined) return void socket.once('close', release);
    if (peer !== undefined) options.onRefused(peer);
    socket.destroy();
  });
  // Before all other listeners.
  const answering = http.listeners('request');
  http.removeAllListeners('request');
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const address = options.addressOf(request);
    const release = options.requests.take(address);
    if (release === undefined) {
      options.onRefused(address);
      response.writeHead(503, { connection: 'close', 'retry-after': '10' }).end('Too many requests at once.\n');
      return;
    }
    // In progress until it has arrived and is answered.
    let ended = 0;
    const end = () => ++ended === 2 && release();
    request.once('close', end);
    response.once('close', end);
    for (const answer of answering) answer.call(http, request, response);
  });
}
