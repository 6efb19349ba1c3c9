import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  accept,
  type ClientEvents,
  type ClientToServer,
  clientEvents,
  type Entry,
  type EventEntry,
  type MessageEntry,
  refuse,
  type ServerEvents,
  type ServerToClient,
  type Session,
  type SessionStatus,
} from '@baton/contracts';
import { Server, type Socket } from 'socket.io';

type FakeSocket = Socket<ClientToServer<ClientEvents>, ServerToClient<ServerEvents>>;

const AGENT = '019a7c4f-11b2-7e90-8d21-64f0a9c3be17';
const SESSION = '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5';
const TOKEN = 'token';
const at = (seq: number) => new Date(Date.UTC(2026, 2, 2, 9, 30, seq)).toISOString();

/**
 * The gateway's side of the contract, for one session, kept in memory: it stores, numbers and resumes, and can be told
 * to lose acknowledgements and connections. Payloads are checked by the contract, so a client that strays from it
 * fails.
 */
export async function startFakeBaton() {
  const http = createServer();
  const io = new Server<ClientToServer<ClientEvents>, ServerToClient<ServerEvents>>(http);
  const log: Entry[] = [];
  const calls: { event: string; payload: unknown }[] = [];
  const customers = new Set<FakeSocket>();
  const agents = new Set<FakeSocket>();
  let session: Session | undefined;
  let loseNextAck = false;
  let refuseNext: 'RATE_LIMITED' | 'SESSION_CLOSED' | undefined;

  const everybody = () => [...customers, ...agents];
  const show = (entry: Entry, to: Iterable<FakeSocket> = everybody()) => {
    for (const socket of to) {
      if (entry.kind === 'message') socket.emit('message:received', entry);
      else {
        const { sessionId, seq, change, content: message, timestamp } = entry;
        socket.emit('status:changed', { sessionId, seq, status: change.to, change, message, timestamp });
      }
    }
  };
  const held = (): Session => {
    if (!session) throw new Error('no chat was started');
    return session;
  };
  const add = (entry: Entry) => {
    log.push(entry);
    session = { ...held(), lastSeq: entry.seq };
    show(entry);
  };
  const say = (sender: MessageEntry['sender'], content: string, more: Partial<MessageEntry> = {}): MessageEntry => {
    const seq = log.length + 1;
    const id = `019a7c51-02aa-7f14-b3c8-${String(seq).padStart(12, '0')}`;
    const base = {
      kind: 'message',
      id,
      sessionId: SESSION,
      seq,
      content,
      sender,
      timestamp: at(seq),
      metadata: {},
    } as const;
    const message: MessageEntry = { ...base, ...more };
    add(message);
    return message;
  };
  const change = (to: SessionStatus, cause: EventEntry['change']['cause'], content: string): void => {
    const seq = log.length + 1;
    const from = held().status;
    const epoch = held().epoch + 1;
    const withAgent = to === 'agent' ? { agentId: AGENT, agentName: 'Ada' } : {};
    session = { ...held(), status: to, epoch, assignedAgent: to === 'agent' ? AGENT : null };
    const id = `019a7c51-02aa-7f14-b3c8-${String(seq).padStart(12, '0')}`;
    add({
      kind: 'event',
      id,
      sessionId: SESSION,
      seq,
      content,
      sender: 'system',
      timestamp: at(seq),
      metadata: {},
      change: { from, to, cause, by: 'system', epoch, ...withAgent },
    });
  };
  const assignment = () => ({
    sessionId: SESSION,
    session: { ...held(), messages: [...log], hasMore: false, brief: { summary: 'The lamp is broken.' }, notes: [] },
  });

  io.on('connection', (socket) => {
    socket.on('disconnect', () => {
      customers.delete(socket);
      agents.delete(socket);
    });
    const on = <Name extends keyof ClientEvents>(
      event: Name,
      handle: (payload: ReturnType<ClientEvents[Name]['payload']['parse']>) => unknown,
    ) => {
      // One listener for any event: the types of the library want each by itself.
      const plain = socket as unknown as {
        on(event: string, listener: (payload: unknown, ack?: (reply: unknown) => void) => void): void;
      };
      plain.on(event, (raw, ack) => {
        const payload = clientEvents[event].payload.parse(raw) as ReturnType<ClientEvents[Name]['payload']['parse']>;
        calls.push({ event, payload });
        const reply = handle(payload);
        if (loseNextAck && event.endsWith('send_message')) loseNextAck = false;
        else ack?.(reply);
      });
    };
    const append = (sender: 'user' | 'agent', content: string, clientMessageId: string | undefined) => {
      if (refuseNext) {
        const code = refuseNext;
        refuseNext = undefined;
        return refuse(code, 'Refused for the test.');
      }
      const before = log.find((entry) => entry.kind === 'message' && entry.clientMessageId === clientMessageId);
      if (before) return accept({ message: before, repeated: true });
      return accept({ message: say(sender, content, clientMessageId ? { clientMessageId } : {}), repeated: false });
    };

    on('customer:start_chat', ({ userId }) => {
      if (!session) {
        const now = at(0);
        const nothing = { assignedAgent: null, agentName: null, botContext: null, waitingSince: null, closedAt: null };
        session = {
          id: SESSION,
          userId,
          status: 'bot',
          metadata: {},
          epoch: 1,
          lastSeq: 0,
          createdAt: now,
          updatedAt: now,
          ...nothing,
        };
        change('bot', 'started', 'The chat began.');
      }
      customers.add(socket);
      socket.emit('session:created', { sessionId: SESSION, status: held().status, session: held(), token: TOKEN });
      return accept({ session: held(), token: TOKEN });
    });
    on('customer:resume_chat', ({ token, lastSeq }) => {
      if (token !== TOKEN) return refuse('NOT_FOUND', 'There is no such chat.');
      customers.add(socket);
      for (const entry of log.slice(lastSeq)) show(entry, [socket]);
      return accept({ session: held(), token: TOKEN });
    });
    on('customer:send_message', ({ content, clientMessageId }) =>
      customers.has(socket) ? append('user', content, clientMessageId) : refuse('NOT_FOUND', 'There is no such chat.'),
    );
    on('customer:request_agent', () => {
      change('waiting', 'customer_requested', 'The customer asked for a human.');
      return accept({ session: held() });
    });
    on('customer:end_chat', () => {
      change('closed', 'customer_ended', 'The customer ended the chat.');
      return accept({ session: held() });
    });
    on('agent:join', ({ name }) => {
      agents.add(socket);
      const agent = {
        id: AGENT,
        socketId: socket.id,
        name,
        status: 'available',
        capacity: 5,
        active: 0,
        joinedAt: at(0),
        lastActiveAt: at(0),
      } as const;
      const waiting = session?.status === 'waiting' ? [session] : [];
      socket.emit('queue:update', {
        sessions: waiting.map((one) => ({
          ...one,
          queueInfo: {
            sessionId: one.id,
            reason: 'broken lamp',
            priority: 'high',
            position: 1,
            requestedAt: at(1),
            brief: null,
          },
        })),
        total: waiting.length,
        timestamp: at(0),
      });
      return accept({ agentId: AGENT, agent, token: TOKEN });
    });
    on('agent:resume', () => {
      agents.add(socket);
      const agent = {
        id: AGENT,
        socketId: socket.id,
        name: 'Ada',
        status: 'available',
        capacity: 5,
        active: 1,
        joinedAt: at(0),
        lastActiveAt: at(0),
      } as const;
      const sessions = session?.assignedAgent === AGENT ? [session] : [];
      if (sessions.length > 0) socket.emit('session:assigned', assignment());
      return accept({ agentId: AGENT, agent, token: TOKEN, sessions });
    });
    on('agent:pickup_session', () => {
      if (session?.status !== 'waiting') return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
      change('agent', 'agent_assigned', 'Ada has joined the chat.');
      socket.emit('session:assigned', assignment());
      return accept({ session: held() });
    });
    on('agent:send_message', ({ content, clientMessageId }) => append('agent', content, clientMessageId));
    on('agent:close_session', () => {
      change('closed', 'agent_closed', 'Ada ended the chat.');
      for (const one of everybody())
        one.emit('session:closed', {
          sessionId: SESSION,
          seq: log.length,
          closedBy: 'agent',
          timestamp: at(log.length),
        });
      return accept({ session: held() });
    });
    on('typing', () => accept({}));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    log,
    callsOf: (event: string) => calls.filter((call) => call.event === event).map(({ payload }) => payload),
    say,
    change,
    draft(text: string, ended = false) {
      for (const socket of everybody())
        socket.emit('message:draft', { sessionId: SESSION, turnId: 't', inReplyTo: log.length, epoch: 1, text, ended });
    },
    position(position: number) {
      const place = { sessionId: SESSION, position, waiting: 3, priority: 'normal', estimate: null } as const;
      for (const socket of customers) socket.emit('queue:position', place);
    },
    /** The next send is stored, and nobody hears of it. */
    loseNextAck() {
      loseNextAck = true;
    },
    refuseNext(code: 'RATE_LIMITED' | 'SESSION_CLOSED') {
      refuseNext = code;
    },
    /** Cuts every connection as a network would. */
    cut() {
      for (const socket of everybody()) socket.conn.close();
    },
    async stop() {
      await io.close();
    },
  };
}
export type FakeBaton = Awaited<ReturnType<typeof startFakeBaton>>;
