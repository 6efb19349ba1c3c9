import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket as Wire } from 'node:net';
import type { Room } from '../access/limits/room.ts';

/** [S3] How long a request may take to arrive: its headers, and all of it. Who sends slowly holds a connection no longer. */
export const arrivalTimes: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
};

/**
 * [S3] [S6] Keeps anybody from holding all connections, or all the work of answering, by doing nothing or by doing it
 * slowly. A connection of TCP takes a place from its first moment, before a byte of it is read. Those of a proxy speak
 * for many, so each request takes one, too, while it is under way, for the address that it comes from.
 */
export function limitConnections(
  http: Server,
  options: {
    wires: Room;
    requests: Room;
    isProxy: (peer: string | undefined) => boolean;
    addressOf: (request: IncomingMessage) => string;
    onRefused: (address: string) => void;
  },
): void {
  http.on('connection', (wire: Wire) => {
    const peer = wire.remoteAddress;
    if (options.isProxy(peer)) return;
    // One that has gone meanwhile has no address any more.
    const leave = peer === undefined ? undefined : options.wires.enter(peer);
    if (leave !== undefined) return void wire.once('close', leave);
    if (peer !== undefined) options.onRefused(peer);
    wire.destroy();
  });
  // In front of whoever answers.
  const answering = http.listeners('request');
  http.removeAllListeners('request');
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const address = options.addressOf(request);
    const leave = options.requests.enter(address);
    if (leave === undefined) {
      options.onRefused(address);
      response.writeHead(503, { connection: 'close', 'retry-after': '10' }).end('Too many requests at once.\n');
      return;
    }
    // Under way until it has arrived and is answered.
    let ended = 0;
    const end = () => ++ended === 2 && leave();
    request.once('close', end);
    response.once('close', end);
    for (const answer of answering) answer.call(http, request, response);
  });
}
