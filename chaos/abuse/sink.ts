// Takes the traffic of an attack in the place of the system, lets everybody in and does nothing with it: what good
// customers notice meanwhile is what the attackers and this machine make of it, and not the system. So it has the
// attackers' priority. Run by `main.ts`.
import { createServer } from 'node:net';
import { setPriority } from 'node:os';
import { answerFrame } from './raw-socket.ts';

setPriority(19);
const server = createServer((wire) => {
  let state: 'new' | 'open' | 'joined' = 'new';
  wire.on('error', () => {});
  wire.on('data', (data: Buffer) => {
    if (state === 'new') {
      state = 'open';
      wire.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      wire.write(answerFrame('0{}'));
    } else if (state === 'open') {
      state = 'joined';
      wire.write(answerFrame('40{}'));
    } else if (data.includes('"customer:start_chat"')) {
      wire.write(answerFrame('430[{"ok":true,"value":{"session":{"id":"control"}}}]'));
    }
  });
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.once('disconnect', () => process.exit(0));
