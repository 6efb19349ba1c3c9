import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

/** A customer who writes to an agent, and the agent who reads it. */
interface Pair {
  customer: Socket;
  sessionId: string;
}

/** Milliseconds from the moment a message was to be sent until it is on the agent's screen. */
export interface Heard {
  latencies: number[];
  lost: number;
}

export interface GoodPeople {
  measure(seconds: number): Promise<Heard>;
  close(): void;
}

const ADDRESS = '192.0.2.1';
const PAIRS = 10;
const PER_SECOND = 40;
/** What has not arrived after this long is lost. */
const LOST_AFTER_MS = 5_000;

/**
 * Some customers, each in a chat with an agent, who write now and then. They come from an address of their own, as
 * people do who have nothing to do with an attacker.
 */
export async function startGoodPeople(url: string): Promise<GoodPeople> {
  const sockets: Socket[] = [];
  const connect = () => {
    const extraHeaders = { 'x-forwarded-for': ADDRESS };
    const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders });
    sockets.push(socket);
    return socket;
  };
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows the event that it sent
  const ask = async (socket: Socket, event: string, payload: object): Promise<any> => {
    const reply = await socket.timeout(10_000).emitWithAck(event, payload);
    if (!reply.ok) throw new Error(`${event} was refused: ${reply.code}`);
    return reply.value;
  };

  const sent = new Map<string, number>();
  let latencies: number[] = [];
  const agent = connect();
  agent.on('message:received', ({ content, sender }: { content: string; sender: string }) => {
    const at = sent.get(content);
    if (sender !== 'user' || at === undefined) return;
    sent.delete(content);
    latencies.push(performance.now() - at);
  });
  await ask(agent, 'agent:join', { name: 'Eve', capacity: PAIRS });
  const pairs: Pair[] = [];
  for (let n = 0; n < PAIRS; n++) {
    const customer = connect();
    const { session } = await ask(customer, 'customer:start_chat', { userId: `good-${n}`, greeted: true });
    await ask(customer, 'customer:request_agent', { sessionId: session.id });
    await ask(agent, 'agent:pickup_session', { sessionId: session.id });
    pairs.push({ customer, sessionId: session.id });
  }

  let number = 0;
  return {
    async measure(seconds) {
      latencies = [];
      sent.clear();
      const count = seconds * PER_SECOND;
      const begun = performance.now();
      for (let n = 0; n < count; n++) {
        // By the clock, not by when the one before was sent: what is late counts as late.
        const due = begun + (n * 1_000) / PER_SECOND;
        await pause(Math.max(0, due - performance.now()));
        const pair = pairs[n % pairs.length];
        if (pair === undefined) throw new Error('nobody is there');
        const content = `good word ${number++}`;
        sent.set(content, due);
        pair.customer.emit('customer:send_message', { sessionId: pair.sessionId, content });
      }
      for (const deadline = performance.now() + LOST_AFTER_MS; sent.size > 0 && performance.now() < deadline; )
        await pause(5);
      return { latencies, lost: sent.size };
    },
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}
