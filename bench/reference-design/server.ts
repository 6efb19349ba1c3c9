// The design that Baton grew from, in one process, as its readers would write it: Socket.IO, one INSERT a message,
// Redis lists for the queue, sessions, agents and rooms in memory. The bot is left out, since it is not measured here.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import type { Session } from './store.ts';
import { openWithDriver } from './store-driver.ts';
import { openWithPrisma } from './store-prisma.ts';

const { PORT = '3001', DATABASE_URL = '', REDIS_URL = '', STORE = 'prisma' } = process.env;
const QUEUE = 'guide:chat:queue:normal';

const store = await (STORE === 'prisma' ? openWithPrisma : openWithDriver)(DATABASE_URL);
const redis = new Redis(REDIS_URL);
const sessions = new Map<string, Session>();
const agents = new Map<string, { id: string; name: string; socketId: string }>();

const http = createServer((request, response) => {
  response.writeHead(request.url === '/health' ? 200 : 404).end();
});
const io = new Server(http, { cors: { origin: '*' } });

interface Sent {
  sessionId: string;
  content: string;
  clientMessageId: string;
}
type Answer = (reply: object) => void;

io.on('connection', (socket) => {
  /** Answers a request with what `work` gives, or with why it cannot be done. */
  const on = <Payload>(event: string, work: (payload: Payload) => Promise<object>) =>
    socket.on(event, async (payload: Payload, answer?: Answer) => {
      try {
        answer?.({ ok: true, value: await work(payload) });
      } catch (error) {
        answer?.({ ok: false, code: 'ERROR', message: error instanceof Error ? error.message : String(error) });
      }
    });
  const sessionOf = (sessionId: string) => {
    const session = sessions.get(sessionId);
    if (session === undefined) throw new Error('there is no such session');
    return session;
  };
  const showQueue = async () => io.to('agents').emit('queue:update', { sessions: await redis.lrange(QUEUE, 0, 49) });

  on('customer:start_chat', async ({ userId }: { userId: string }) => {
    const session = await store.createSession(userId);
    sessions.set(session.id, session);
    await socket.join(session.id);
    socket.emit('session:created', { sessionId: session.id, status: session.status });
    return { session };
  });

  on('customer:request_agent', async ({ sessionId }: { sessionId: string }) => {
    const session = sessionOf(sessionId);
    session.status = 'waiting';
    await store.updateStatus(sessionId, 'waiting', null);
    await redis.rpush(QUEUE, sessionId);
    io.to(sessionId).emit('status:changed', { sessionId, status: 'waiting' });
    await showQueue();
    return { session };
  });

  on('customer:send_message', async ({ sessionId, content, clientMessageId }: Sent) => {
    const session = sessionOf(sessionId);
    if (session.status === 'closed') throw new Error('the session is closed');
    const message = await store.addMessage(session.id, content, 'user');
    io.to(session.id).emit('message:received', { ...message, clientMessageId });
    return { message };
  });

  on('agent:join', async ({ name }: { name: string }) => {
    const agent = { id: randomUUID(), name, socketId: socket.id };
    agents.set(socket.id, agent);
    await socket.join('agents');
    await showQueue();
    return { agentId: agent.id, agent };
  });

  on('agent:pickup_session', async ({ sessionId }: { sessionId: string }) => {
    const agent = agents.get(socket.id);
    if (agent === undefined) throw new Error('join first');
    const session = sessionOf(sessionId);
    await redis.lrem(QUEUE, 1, sessionId);
    session.status = 'agent';
    session.assignedAgent = agent.id;
    await store.updateStatus(sessionId, 'agent', agent.id);
    await socket.join(sessionId);
    io.to(sessionId).emit('status:changed', { sessionId, status: 'agent', agentName: agent.name });
    await showQueue();
    return { session };
  });

  socket.on('disconnect', () => agents.delete(socket.id));
});

http.listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', async () => {
  await io.close();
  redis.disconnect();
  await store.close();
  process.exit(0);
});
