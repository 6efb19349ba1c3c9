// One attacker, in a process of its own with the lowest priority: it takes what processor the system leaves over, so
// what generating the attack costs on this machine is not counted as what the attack does. Run by `main.ts`.
import { setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type Done, IDLE_SOCKETS, type Kind, type Order } from './attacks.ts';
import { connectRaw, event, frame, type RawSocket } from './raw-socket.ts';

setPriority(19);
const order = JSON.parse(process.argv[2] ?? '') as Order;
const done: Done = { connections: 0, turnedAway: 0, packets: 0, megabytes: 0 };
let told = false;
process.on('message', () => {
  told = true;
});
const goesOn = () => !told;

/** Connects, attacks, and does so again when it is cut, until the time is over. */
async function again(address: string, attack: (socket: RawSocket) => Promise<void>): Promise<void> {
  while (goesOn()) {
    try {
      const socket = await connectRaw(order.url, address);
      done.connections++;
      await attack(socket);
      if (socket.open) socket.wire.destroy();
      else done.turnedAway++;
    } catch {
      done.turnedAway++;
      await pause(20);
    }
  }
}
const many = (count: number, attack: (socket: RawSocket) => Promise<void>) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => again(order.addresses[n % order.addresses.length] ?? '', attack)),
  );

/** Sends the same again and again, as much as the gateway reads but no more than so many a second. */
async function flood(socket: RawSocket, packet: Buffer, perSecond: number): Promise<void> {
  const each = Math.max(1, Math.round(perSecond / 100));
  const block = Buffer.concat(Array.from({ length: each }, () => packet));
  while (goesOn() && socket.open) {
    if (!socket.wire.writableNeedDrain) {
      socket.send(block);
      done.packets += each;
      done.megabytes += block.length / 1e6;
    }
    await pause(10);
  }
}

async function startChat(socket: RawSocket): Promise<string | undefined> {
  const answer = new Promise<string | undefined>((resolve) => {
    socket.onText = (text) =>
      text.startsWith('430') && resolve(/"sessionId":"([^"]+)"|"id":"([^"]+)"/.exec(text)?.slice(1).find(Boolean));
    socket.wire.once('close', () => resolve(undefined));
  });
  socket.send(event('customer:start_chat', { userId: 'attacker' }, 0));
  const sessionId = await answer;
  socket.onText = undefined;
  return sessionId;
}

/** Asks the bot as often as it may. */
async function ask(socket: RawSocket): Promise<void> {
  const sessionId = await startChat(socket);
  if (sessionId === undefined) return;
  const question = event('customer:send_message', { sessionId, content: 'attack: where is my order?' });
  await flood(socket, question, 100);
}

const attacks: Record<Kind, () => Promise<unknown>> = {
  'message flood': () =>
    many(20, async (socket) => {
      const sessionId = await startChat(socket);
      if (sessionId === undefined) return;
      const message = event('customer:send_message', { sessionId, content: 'attack '.repeat(20) });
      await flood(socket, message, 1_000);
    }),
  // 700 kB a second on each.
  'packet flood': () => many(10, (socket) => flood(socket, frame('40/nope,'), 50_000)),
  'resume storm': () =>
    many(20, (socket) => flood(socket, event('customer:resume_chat', { ...order.longChat, lastSeq: 0 }), 100)),
  'start flood': () => many(20, (socket) => flood(socket, event('customer:start_chat', { userId: 'attacker' }), 100)),
  'slow readers': () =>
    many(40, async (socket) => {
      socket.send(event('customer:resume_chat', { ...order.longChat, lastSeq: 0 }));
      done.packets++;
      // Half of them read nothing at all, the others as fast as it comes.
      if (done.connections % 2 === 0) socket.wire.pause();
      while (goesOn() && socket.open) await pause(100);
    }),
  'model refusing with 429': () => many(20, ask),
  'a model that repeats': () => many(20, ask),
  'ten thousand idle sockets': async () => {
    const sockets: RawSocket[] = [];
    for (let n = 0; n < IDLE_SOCKETS; n += 50) {
      const some = Array.from({ length: 50 }, (_, k) =>
        connectRaw(order.url, order.addresses[(n + k) % order.addresses.length] ?? '').then(
          (socket) => void sockets.push(socket),
          () => void done.turnedAway++,
        ),
      );
      await Promise.all(some);
    }
    done.connections = sockets.length;
    process.send?.('ready');
    while (goesOn()) await pause(100);
    done.turnedAway += sockets.filter((socket) => !socket.open).length;
    for (const { wire } of sockets) wire.destroy();
  },
};

if (order.kind !== 'ten thousand idle sockets') process.send?.('ready');
await attacks[order.kind]();
process.send?.(done, () => process.exit(0));
