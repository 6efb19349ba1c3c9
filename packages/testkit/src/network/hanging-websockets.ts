import { createHash } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * How a WebSocket hangs: its request is never answered; it is agreed to and nothing follows; or what the server sends
 * comes, and what is sent to the server does not.
 */
export type Hang = 'no answer' | 'silence' | 'one way';

export interface HangingWebSockets {
  url: string;
  /** WebSockets that were asked for so far. */
  readonly asked: number;
  /** From now on they are let through; what is connected is cut. */
  heal: () => void;
  /** WebSockets that were let through. */
  readonly passed: number;
  close: () => Promise<void>;
}

/** As RFC 6455 has it. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Something between a client and a server that lets everything through but WebSockets, which hang. */
export async function hangWebSockets(target: string, hang: Hang): Promise<HangingWebSockets> {
  const { hostname, port } = new URL(target);
  const wires = new Set<Socket>();
  let asked = 0;
  let passed = 0;
  let healed = false;
  const server = createServer((wire) => {
    wires.add(wire);
    wire.on('error', () => {});
    wire.once('close', () => wires.delete(wire));
    wire.once('data', (first) => {
      const head = first.toString('latin1');
      if (!/^upgrade: *websocket/im.test(head)) return void pass(wire, first, true);
      asked += 1;
      if (healed) {
        passed += 1;
        return void pass(wire, first, true);
      }
      if (hang === 'one way') return void pass(wire, first, false);
      wire.resume();
      const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? '';
      const accept = createHash('sha1')
        .update(key + MAGIC)
        .digest('base64');
      if (hang === 'silence')
        wire.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
    });
  });
  const pass = (wire: Socket, first: Buffer, bothWays: boolean): void => {
    const other = connect({ host: hostname, port: Number(port) });
    wires.add(other);
    other.on('error', () => wire.destroy());
    other.once('close', () => {
      wires.delete(other);
      wire.destroy();
    });
    wire.once('close', () => other.destroy());
    other.write(first);
    other.pipe(wire);
    if (bothWays) wire.pipe(other);
    else wire.resume();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    get passed() {
      return passed;
    },
    heal() {
      healed = true;
      for (const wire of wires) wire.destroy();
    },
    async close() {
      for (const wire of wires) wire.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
