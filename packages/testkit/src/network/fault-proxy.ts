import { createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `up` is from the client to the server. */
export type Direction = 'up' | 'down';

/** What a proxy does to what passes. */
export interface ProblemBanner {
  /** Bytes of this direction vanish; the connections stay open. */
  blackhole?: readonly Direction[];
  /** Nothing comes through; the connections stay open, and no byte is lost. */
  frozen?: boolean;
  /** Bytes wait so long, in milliseconds, in both directions. */
  delayMs?: number;
  /** New connections are closed at once, and those that exist are reset. */
  cut?: boolean;
}

/** A request and its answer, by what their bytes contain. Empty texts are in every request and every answer. */
export interface LostAnswer {
  request: string;
  answer: string;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Bytes of it have vanished, so nothing that follows makes sense. */
  broken: boolean;
  asked: boolean;
  /** Chunks on their way, each direction in its order. */
  delayed: Record<Direction, number>;
  queue: Record<Direction, Promise<void>>;
}

export interface FaultProxy {
  readonly name: string;
  readonly port: number;
  /** The URL of the server by way of the proxy, where a URL was given. */
  readonly url: string;
  /** Connections open now. */
  readonly links: number;
  trouble(trouble: ProblemBanner): void;
  /** Ends all trouble: connections that have lost bytes are reset, the others go on. */
  heal(): void;
  /** Resets every connection, and takes new ones. */
  reset(): void;
  /** Resets the connection on which the next such answer comes, in place of the answer. `lost` resolves when it has. */
  loseAnswer(which: LostAnswer): { lost: Promise<void>; cancel(): void };
  close(): Promise<void>;
}

/**
 * A TCP proxy on loopback that does to connections what networks do. [O2]
 * @param target the server's URL, or its port on loopback, asked for at each connection
 */
export async function startFaultProxy(target: string | (() => number), name = 'proxy'): Promise<FaultProxy> {
  const url = typeof target === 'string' ? new URL(target) : undefined;
  const portNow = typeof target === 'string' ? () => Number(new URL(target).port) : target;
  const host = url?.hostname ?? '127.0.0.1';
  const links = new Set<Link>();
  let trouble: ProblemBanner = {};
  let losing: { which: LostAnswer; done: () => void } | undefined;

  const pause = ({ client, server }: Link) => {
    client.pause();
    server.pause();
  };
  const resume = ({ client, server }: Link) => {
    client.resume();
    server.resume();
  };
  const destroy = (link: Link) => {
    links.delete(link);
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  };

  const pass = (link: Link, direction: Direction, chunk: Buffer) => {
    if (trouble.blackhole?.includes(direction)) {
      link.broken = true;
      return;
    }
    if (losing && direction === 'up' && chunk.includes(losing.which.request)) link.asked = true;
    if (losing && direction === 'down' && link.asked && chunk.includes(losing.which.answer)) {
      const { done } = losing;
      losing = undefined;
      destroy(link);
      done();
      return;
    }
    const to = direction === 'up' ? link.server : link.client;
    const from = direction === 'up' ? link.client : link.server;
    const write = () => {
      link.delayed[direction]--;
      if (to.destroyed) return;
      if (to.write(chunk) || from.destroyed) return;
      from.pause();
      to.once('drain', () => trouble.frozen || from.resume());
    };
    // What comes behind bytes that are still delayed waits for them: networks are slow, TCP keeps the order.
    const first = link.delayed[direction]++ === 0;
    if (first && trouble.delayMs === undefined) return write();
    const due = performance.now() + (trouble.delayMs ?? 0);
    const before = link.queue[direction];
    link.queue[direction] = before.then(() => sleep(Math.max(0, due - performance.now()))).then(write);
  };

  const server: Server = createServer({ noDelay: true, pauseOnConnect: false }, (client) => {
    client.on('error', () => {});
    if (trouble.cut) return void client.resetAndDestroy();
    const upstream = new Socket().setNoDelay(true);
    const link: Link = {
      client,
      server: upstream,
      broken: false,
      asked: false,
      delayed: { up: 0, down: 0 },
      queue: { up: Promise.resolve(), down: Promise.resolve() },
    };
    links.add(link);
    upstream.on('error', () => {});
    upstream.connect(portNow(), host);
    if (trouble.frozen) pause(link);
    client.on('data', (chunk: Buffer) => pass(link, 'up', chunk));
    upstream.on('data', (chunk: Buffer) => pass(link, 'down', chunk));
    // A half-closed or broken side ends the other, unless the network is one that does not tell.
    const ended = (other: Socket) => () => {
      if (trouble.blackhole) link.broken = true;
      else {
        links.delete(link);
        setTimeout(() => other.destroy(), trouble.delayMs ?? 0);
      }
    };
    client.on('close', ended(upstream));
    upstream.on('close', ended(client));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a proxy listens on a port');

  if (url) {
    url.hostname = '127.0.0.1';
    url.port = String(address.port);
  }

  const resetAll = (which: (link: Link) => boolean) => {
    for (const link of [...links]) if (which(link)) destroy(link);
  };
  return {
    name,
    port: address.port,
    get links() {
      return links.size;
    },
    url: url?.toString() ?? `tcp://127.0.0.1:${address.port}`,
    trouble(next) {
      trouble = next;
      if (next.cut) resetAll(() => true);
      for (const link of links) next.frozen ? pause(link) : resume(link);
    },
    heal() {
      trouble = {};
      resetAll(({ broken }) => broken);
      for (const link of links) resume(link);
    },
    reset: () => resetAll(() => true),
    loseAnswer(which) {
      const { promise: lost, resolve: done } = Promise.withResolvers<void>();
      const mine = { which, done };
      losing = mine;
      for (const link of links) link.asked = false;
      return {
        lost,
        cancel: () => {
          if (losing === mine) losing = undefined;
        },
      };
    },
    async close() {
      resetAll(() => true);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
