import { connect, type Socket as Wire } from 'node:net';

/**
 * A client of Socket.IO over a bare connection, as cheap as an attacker's: frames are made once and sent many times,
 * with a mask of zeros, which leaves them as they are (https://www.rfc-editor.org/rfc/rfc6455#section-5.3).
 */
export interface RawSocket {
  readonly wire: Wire;
  readonly open: boolean;
  /** What was said, without its frame. Unless it is set, what arrives is thrown away unread. */
  onText: ((text: string) => void) | undefined;
  send(data: Buffer): void;
}

/** A packet as a frame of a WebSocket. */
export function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]);
}

/** The same as a server sends it: without a mask, and here for short texts. */
export const answerFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);

/** An event that asks for no acknowledgement, or for the one with this number. */
export const event = (name: string, payload: unknown, id: number | '' = ''): Buffer =>
  frame(`42${id}${JSON.stringify([name, payload])}`);

/** Connects and joins, as a proxy would for a client of this address. Rejects when that is refused. */
export async function connectRaw(url: string, address: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const wire = connect({ host: hostname, port: Number(port), noDelay: true });
  const socket: RawSocket = {
    wire,
    get open() {
      return !wire.destroyed && wire.writable;
    },
    onText: undefined,
    send(data) {
      if (socket.open) wire.write(data);
    },
  };
  await new Promise<void>((resolve, reject) => {
    const read = frameReader((text) => {
      if (text.startsWith('0')) socket.send(frame('40'));
      else if (text.startsWith('40')) resolve();
      else if (text === '2') socket.send(frame('3'));
      socket.onText?.(text);
    });
    let upgraded = false;
    wire.on('error', reject);
    wire.on('close', () => reject(new Error('closed')));
    wire.on('data', (data: Buffer) => {
      if (upgraded) return read(data);
      const end = data.indexOf('\r\n\r\n');
      if (!data.subarray(0, 12).equals(SWITCHING) || end < 0) return void wire.destroy();
      upgraded = true;
      read(data.subarray(end + 4));
    });
    wire.write(
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: ${hostname}:${port}`,
        `X-Forwarded-For: ${address}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        '\r\n',
      ].join('\r\n'),
    );
  });
  return socket;
}
const SWITCHING = Buffer.from('HTTP/1.1 101');

/** Takes the frames of a server apart, which are not masked, and gives the texts. */
function frameReader(onText: (text: string) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    for (;;) {
      const [opcode = 0, length = 0] = rest;
      const extra = length === 126 ? 2 : length === 127 ? 8 : 0;
      if (rest.length < 2 + extra) return;
      const size = extra === 2 ? rest.readUInt16BE(2) : extra === 8 ? Number(rest.readBigUInt64BE(2)) : length;
      if (rest.length < 2 + extra + size) return;
      if ((opcode & 0x0f) === 1) onText(rest.toString('utf8', 2 + extra, 2 + extra + size));
      rest = rest.subarray(2 + extra + size);
    }
  };
}
