import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface PathProxy {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  close: () => Promise<void>;
}

/**
 * A proxy that gives a server one path of its site and has nothing else, pages and sockets alike. It passes paths on as
 * they are, or without its own.
 */
export async function startPathProxy(options: { target: string; path: string; strips: boolean }): Promise<PathProxy> {
  const { target, path, strips } = options;
  const { hostname, port } = new URL(target);
  const wires = new Set<Socket>();
  const ask = ({ method, url = '/', headers }: IncomingMessage) => {
    const passed = strips ? url.slice(path.length - 1) : url;
    return request({ hostname, port, method, path: passed, headers });
  };
  const isOurs = ({ url = '' }: IncomingMessage): boolean =>
    // Of a proxy that strips its path, what is at the path itself is its own affair.
    url.startsWith(path) || (!strips && url.split('?')[0] === path.slice(0, -1));
  const server = createServer((from, to) => {
    if (!isOurs(from)) return void to.writeHead(404).end('Nothing of ours.');
    const asked = ask(from);
    asked.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    asked.on('error', () => to.destroy());
    from.pipe(asked);
  });
  server.on('connection', (wire) => {
    wires.add(wire);
    wire.once('close', () => wires.delete(wire));
  });
  server.on('upgrade', (from: IncomingMessage, wire: Socket, head: Buffer) => {
    if (!isOurs(from)) return void wire.end('HTTP/1.1 404 Not Found\r\n\r\n');
    const asked = ask(from);
    asked.on('upgrade', (answer, other, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      wire.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      wire.write(first);
      other.write(head);
      wire.pipe(other).pipe(wire);
      for (const [one, another] of [
        [wire, other],
        [other, wire],
      ] as const)
        one.on('error', () => another.destroy()).on('close', () => another.destroy());
    });
    asked.on('response', (answer) => wire.end(`HTTP/1.1 ${answer.statusCode} Refused\r\n\r\n`));
    asked.on('error', () => wire.destroy());
    asked.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const wire of wires) wire.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
