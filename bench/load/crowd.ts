// Many sockets that do little: they connect, some begin a chat or come online, and they listen. Run by `driver.ts`.
import { obey } from './obey.ts';
import { inTurns } from './pairs.ts';
import type { Connect, Listen, Listened } from './protocol.ts';
import { connectSocket, type LoadSocket } from './socket.ts';

const AT_ONCE = 50;
const sockets: LoadSocket[] = [];
let heard: Listened = { updates: 0, bytes: 0 };

async function connectMany({ url, count, as }: Connect): Promise<{ perSecond: number }> {
  const began = performance.now();
  const numbers = Array.from({ length: count }, (_, index) => index);
  const connected = await inTurns(AT_ONCE, numbers, async (index) => {
    const socket = await connectSocket(url);
    socket.onEvent = (event, _, bytes) => {
      if (event !== 'queue:update') return;
      heard.updates++;
      heard.bytes += bytes;
    };
    if (as === 'customer') await socket.ask('customer:start_chat', { userId: `customer-${index}` });
    if (as === 'agent') await socket.ask('agent:join', { name: `Agent ${index}` });
    return socket;
  });
  sockets.push(...connected);
  return { perSecond: count / ((performance.now() - began) / 1_000) };
}

async function listen({ seconds }: Listen): Promise<Listened> {
  heard = { updates: 0, bytes: 0 };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return heard;
}

obey<Connect | Listen>({ connect: connectMany, listen });
