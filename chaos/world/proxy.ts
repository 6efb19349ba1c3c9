import { createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `up` is from the one who connected to the one it wanted. */
export type Direction = 'up' | 'down';

/** What a proxy does to what passes. */
export interface Trouble {
  /** Bytes of this direction vanish; the connections stay open. */
  blackhole?: readonly Direction[];
  /** Bytes wait so long, in milliseconds, in both directions. */
  delayMs?: number;
  /** New connections are closed at once, and those that exist are reset. */
  cut?: boolean;
}

/** A request and its answer, by what their bytes contain: the answer is held back and the connection reset instead. */
export interface Ambush {
  request: string;
  answer: string;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Bytes of it have vanished: nothing sensible can follow them. */
  broken: boolean;
  asked: boolean;
  /** Chunks on their way, each direction in its order. */
  delayed: Record<Direction, number>;
  queue: Record<Direction, Promise<void>>;
}

export interface LinkProxy {
  readonly name: string;
  readonly port: number;
  /** Connections open now. */
  readonly links: number;
  trouble(trouble: Trouble): void;
  /** As if nothing had been: connections that have lost bytes are reset, all else goes on. */
  heal(): void;
  /** Resets every connection; new ones are welcome. */
  reset(): void;
  /** Resets the connection on which the next such answer comes, in place of the answer. Resolves when it has. */
  ambush(ambush: Ambush): { sprung: Promise<void>; disarm(): void };
  close(): Promise<void>;
}

/**
 * A TCP proxy on loopback that does to a link what networks do. [O2]
 * @param portNow of the one that is wanted, on loopback, asked at each connection
 */
export async function startProxy(name: string, portNow: () => number): Promise<LinkProxy> {
  const links = new Set<Link>();
  let trouble: Trouble = {};
  let ambush: { for: Ambush; spring: () => void } | undefined;

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
    if (ambush && direction === 'up' && chunk.includes(ambush.for.request)) link.asked = true;
    if (ambush && direction === 'down' && link.asked && chunk.includes(ambush.for.answer)) {
      const { spring } = ambush;
      ambush = undefined;
      destroy(link);
      spring();
      return;
    }
    const to = direction === 'up' ? link.server : link.client;
    const from = direction === 'up' ? link.client : link.server;
    const write = () => {
      link.delayed[direction]--;
      if (to.destroyed) return;
      if (to.write(chunk) || from.destroyed) return;
      from.pause();
      to.once('drain', () => from.resume());
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
    upstream.connect(portNow(), '127.0.0.1');
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

  const resetAll = (which: (link: Link) => boolean) => {
    for (const link of [...links]) if (which(link)) destroy(link);
  };
  return {
    name,
    port: address.port,
    get links() {
      return links.size;
    },
    trouble(next) {
      trouble = next;
      if (next.cut) resetAll(() => true);
    },
    heal() {
      trouble = {};
      resetAll(({ broken }) => broken);
    },
    reset: () => resetAll(() => true),
    ambush(what) {
      const { promise: sprung, resolve } = Promise.withResolvers<void>();
      const mine = { for: what, spring: resolve };
      ambush = mine;
      for (const link of links) link.asked = false;
      return {
        sprung,
        disarm: () => {
          if (ambush === mine) ambush = undefined;
        },
      };
    },
    async close() {
      resetAll(() => true);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
