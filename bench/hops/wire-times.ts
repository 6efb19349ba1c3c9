// Preloaded into the processes of a measurement: notes when each of their connections is read and written, and leaves
// it in a file when the process ends. It touches nothing of the code that is measured but the sockets under it.
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** Microseconds of a clock that all processes share, what happened, and the ports of the two ends. */
export type WireTime = [atMicros: number, kind: 'read' | 'write', remotePort: number, localPort: number];

/** What Node's sockets have beneath their interface: every write ends up in the one, every read in the other. */
interface SocketInside {
  _writeGeneric(this: Socket, ...args: unknown[]): unknown;
  push(this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean;
}

const folder = process.env.WIRE_TIMES;
if (folder !== undefined) {
  const times: WireTime[] = [];
  const note = (kind: 'read' | 'write', { remotePort = 0, localPort = 0 }: Socket) =>
    times.push([Number(process.hrtime.bigint()) / 1_000, kind, remotePort, localPort]);
  const inside = Socket.prototype as unknown as SocketInside;
  const { _writeGeneric, push } = inside;
  inside._writeGeneric = function (...args) {
    note('write', this);
    return _writeGeneric.apply(this, args);
  };
  inside.push = function (chunk, encoding) {
    if (chunk !== null) note('read', this);
    return push.call(this, chunk, encoding);
  };
  process.once('exit', () => writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(times)));
}
