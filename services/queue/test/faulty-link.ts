import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy to a server, with the faults of networks. */
export async function faultyLink(targetUrl: string) {
  const target = new URL(targetUrl);
  const open = new Set<Socket>();
  let frozen = false;
  let losesReply = false;

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const join = (one: Socket, other: Socket, onData: (data: Buffer) => void) => {
      open.add(one);
      if (frozen) one.pause();
      one.on('data', onData);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    };
    join(near, far, (data) => void far.write(data));
    join(far, near, (data) => {
      if (!losesReply) return void near.write(data);
      losesReply = false;
      near.destroy();
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = new URL(targetUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);

  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  const freeze = (now: boolean) => {
    frozen = now;
    for (const socket of open) now ? socket.pause() : socket.resume();
  };
  return {
    url: url.toString(),
    /** Connections break, and connecting is refused. */
    cut,
    mend: () => listen(port),
    /** Connections stay open, and nothing passes. */
    freeze: () => freeze(true),
    thaw: () => freeze(false),
    /** The next request arrives, and the connection breaks before its reply does. */
    loseNextReply: () => {
      losesReply = true;
    },
    stop: cut,
  };
}
