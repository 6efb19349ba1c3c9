import {
  accept,
  type ClientEventName,
  type Entry,
  PLAIN_REQUEST,
  type QueueApi,
  refuse,
  type Session,
  type SessionApi,
  type Wait,
} from '@baton/contracts';
import { type Caller, type Log, throttled } from '@baton/runtime';
import { holds, noteWrongToken, notFound } from '../access/holder.ts';
import type { Limits } from '../access/limits/limits.ts';
import type { Returning } from '../access/returning.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Connection } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { Seat } from '../delivery/feed.ts';
import type { Watches } from '../delivery/feeds.ts';
import type { Sends } from '../delivery/sends.ts';
import type { TypingEvents } from '../delivery/typing-events.ts';
import { inBackground } from '../platform/background.ts';
import { customerEntry, forCustomer } from './customer-view.ts';
import type { CustomerPages } from './log-pages.ts';

/** Chats that one connection may have open. */
const MAX_CHATS = 50;

const PUT_IN_LINE_TIMEOUT_MS = 1_000;
/** What a row takes besides its text, with its indexes; a session has several. */
const ROW_BYTES = 500;
const SESSION_BYTES = 2_000;

type CustomerEvents = EventHandlers<Extract<ClientEventName, `customer:${string}`>>;

export function customerEvents(options: {
  session: Caller<SessionApi>;
  queue: Pick<Caller<QueueApi>, 'add' | 'position'>;
  watches: Watches;
  sends: Sends;
  typing: Pick<TypingEvents, 'around'>;
  tokens: Tokens;
  limits: Limits;
  pages: CustomerPages;
  returning: Returning;
  /** Where a chat comes from: see `createSourceOf`. */
  sourceOf: (address: string, userId: string) => string;
  log: Log;
}): CustomerEvents {
  const { session, queue, watches, sends, typing, tokens, limits, returning, sourceOf, pages, log } = options;

  /** From here on the socket holds the session; it is shown nothing before its seat begins. */
  const hold = (connection: Connection, sessionId: string): Seat => {
    const older = connection.chats.get(sessionId);
    const seat = watches.sit(sessionId, {
      audience: 'customer',
      emit: connection.emit,
      reader: connection,
      // Nothing follows the end. The chat stays this socket's, so that it is told why it can send no more.
      onShown: (entry) => isEnd(entry) && seat.leave(),
    });
    older?.leave();
    connection.chats.set(sessionId, seat);
    if (connection.gone) seat.leave();
    return seat;
  };
  const tooMany = (connection: Connection, sessionId?: string) =>
    connection.chats.size >= MAX_CHATS && !(sessionId !== undefined && connection.chats.has(sessionId));
  /**
   * The queue hears of a wait by itself; told at once, the next agent who asks for the next in line already gets this
   * one. Should it not be told, the record still has the wait. [Q2]
   */
  const putInLine = async ({ epoch }: Session, { sessionId, priority, requestedAt, reason, brief }: Wait) => {
    const wait = { sessionId, epoch, priority, requestedAt, reason, brief };
    const reply = await queue.add(wait, { timeoutMs: PUT_IN_LINE_TIMEOUT_MS });
    if (!reply.ok)
      throttled(log).warn(
        sessionId,
        { sessionId, code: reply.code },
        'the queue could not be told of a wait; it finds it',
      );
  };
  /** [S6] Whether a customer's words may be stored: nobody fills the disk. */
  const mayStore = ({ address }: Connection, sessionId: string, words = '') =>
    limits.store(sessionId, address, ROW_BYTES + Buffer.byteLength(words));
  const tellPosition = async (connection: Connection, sessionId: string) => {
    const reply = await queue.position({ sessionId });
    if (reply.ok) forCustomer(connection.emit)('queue:position', reply.value);
  };

  const tokenOf = (opened: Session) => tokens.issue('session', opened.id, returning.lastUntil(opened));
  /**
   * The chat, if its customer may still come back to it. The token was good, so it is held meanwhile: what the client
   * sends behind this waits for no more than that.
   */
  const takeUp = async (connection: Connection, sessionId: string, seat: Seat) => {
    const look = async () => {
      await seat.ready;
      const found = await session.get({ sessionId });
      return found.ok && !returning.isOpen(found.value.session) ? notFound() : found;
    };
    const looking = look();
    const outcome = looking.then(
      ({ ok }) => ok,
      () => false,
    );
    connection.returning.set(sessionId, outcome);
    try {
      return await looking;
    } finally {
      if (connection.returning.get(sessionId) === outcome) connection.returning.delete(sessionId);
    }
  };

  return {
    async 'customer:start_chat'(connection, payload) {
      if (tooMany(connection)) return tooManyChats();
      if (!limits.start(connection.address))
        return refuse('RATE_LIMITED', 'Too many chats were started from your network; try again in a moment.');
      if (!limits.store(undefined, connection.address, SESSION_BYTES + Buffer.byteLength(JSON.stringify(payload))))
        return tooMuchText();
      connection.identity = { role: 'customer' };
      const source = sourceOf(connection.address, payload.userId);
      const reply = await session.create({ ...payload, source });
      if (!reply.ok) return reply;
      const opened = reply.value.session;
      if (reply.value.repeated && !returning.mayRepeat(opened.createdAt)) return startedLongAgo();
      const token = tokenOf(opened);
      const seat = hold(connection, opened.id);
      log.info({ sessionId: opened.id, socketId: connection.id, repeated: reply.value.repeated }, 'chat started');
      await seat.ready;
      const created = { sessionId: opened.id, status: opened.status, session: opened, token };
      forCustomer(connection.emit)('session:created', created);
      // `session:created` stands for the first entry of the log; whatever follows it is shown as an entry. What was
      // written before NATS knew of our interest is fetched.
      seat.begin({ at: Math.min(1, opened.lastSeq), lastSeq: opened.lastSeq });
      watches.refresh(opened.id);
      return accept({ session: opened, token });
    },

    async 'customer:resume_chat'(connection, { sessionId, token, lastSeq, newest }) {
      if (!tokens.verify('session', sessionId, token)) {
        noteWrongToken(log, connection);
        return notFound();
      }
      if (tooMany(connection, sessionId)) return tooManyChats();
      connection.identity = { role: 'customer' };
      const seat = hold(connection, sessionId);
      const found = await takeUp(connection, sessionId, seat);
      if (!found.ok) {
        seat.leave();
        if (connection.chats.get(sessionId) === seat) connection.chats.delete(sessionId);
        return found.code === 'NOT_FOUND' ? notFound() : found;
      }
      const resumed = found.value.session;
      const at = Math.min(lastSeq, resumed.lastSeq);
      const page = newest === undefined ? undefined : await pages.newest(connection, resumed, at, newest);
      if (page !== undefined && !page.ok) return page.code === 'NOT_FOUND' ? notFound() : page;
      const entries = page?.value.entries;
      seat.begin({ at: entries?.at(-1)?.seq ?? at, lastSeq: resumed.lastSeq });
      // Nothing follows the end, here neither.
      if (entries?.some(isEnd)) seat.leave();
      if (resumed.status === 'waiting') inBackground(log, 'tell a position', tellPosition(connection, sessionId));
      log.info({ sessionId, socketId: connection.id }, 'chat resumed');
      const shown = entries && { entries: entries.map(customerEntry) };
      return accept({ session: resumed, token: tokenOf(resumed), ...shown });
    },

    async 'customer:list_entries'(connection, { sessionId, afterSeq, limit }) {
      if (!(await holds(connection, sessionId))) return notFound();
      const page = await pages.after(connection, sessionId, afterSeq, limit);
      if (!page.ok) return page.code === 'NOT_FOUND' ? notFound() : page;
      return accept({ entries: page.value.entries.map(customerEntry), hasMore: page.value.hasMore });
    },

    async 'customer:send_message'(connection, { sessionId, content, clientMessageId }) {
      if (!(await holds(connection, sessionId))) return notFound();
      if (!limits.customerMessage(sessionId)) return refuse('RATE_LIMITED', 'Too many messages at once; slow down.');
      if (!mayStore(connection, sessionId, content)) return tooMuchText();
      return typing.around(connection, sessionId, () =>
        sends({ sessionId, author: { type: 'customer' }, content, clientMessageId }),
      );
    },

    async 'customer:end_chat'(connection, { sessionId, reason }) {
      if (!(await holds(connection, sessionId))) return notFound();
      return session.close({ sessionId, by: 'user', reason });
    },

    async 'customer:request_agent'(connection, { sessionId, reason }) {
      if (!(await holds(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, reason)) return tooMuchText();
      const reply = await session.transfer({
        sessionId,
        cause: 'customer_requested',
        reason: reason ?? PLAIN_REQUEST,
      });
      if (!reply.ok) return reply;
      await putInLine(reply.value.session, reply.value.wait);
      return accept({ session: reply.value.session });
    },

    async 'customer:cancel_request'(connection, { sessionId, reason }) {
      if (!(await holds(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, reason)) return tooMuchText();
      return session.cancelTransfer({ sessionId, cause: 'customer_cancelled', reason });
    },

    async 'customer:rate_chat'(connection, { sessionId, rating, comment }) {
      if (!(await holds(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, comment)) return tooMuchText();
      return session.rate({ sessionId, rating, comment });
    },
  };
}

const isEnd = (entry: Entry): boolean => entry.kind === 'event' && entry.change.to === 'closed';

const tooManyChats = () => refuse('RATE_LIMITED', `One connection can have ${MAX_CHATS} chats; use another one.`);
const startedLongAgo = () =>
  refuse('ID_REUSED', 'startId: the chat of this start was opened long ago; take a new id for a new chat', 'startId');
const tooMuchText = () =>
  refuse('RATE_LIMITED', 'More text came from here than is taken in a day; go on with less, or later.');
