import {
  accept,
  type ClientEventName,
  type Entry,
  PLAIN_REQUEST,
  type QueueApi,
  type Reply,
  refuse,
  type Session,
  type SessionApi,
  type Wait,
} from '@baton/contracts';
import { type Caller, type Log, throttled } from '@baton/runtime';
import type { Limits } from '../access/limits/limits.ts';
import type { ResumeWindow } from '../access/resume-window.ts';
import { logWrongToken, mayUse, notFound } from '../access/rights.ts';
import type { Tokens } from '../access/tokens.ts';
import { mayBeNamed, ownedSession } from '../access/verified-customers/owned-session.ts';
import type { Connection, Subscription } from '../connections/connection.ts';
import type { EventHandlers } from '../connections/dispatcher.ts';
import type { CatchUpPace } from '../delivery/catch-up/catch-up-pace.ts';
import type { Feeds } from '../delivery/feeds.ts';
import type { TypingPublisher } from '../delivery/typing-publisher.ts';
import { customerEntry, forCustomer } from '../delivery/views.ts';
import { inBackground } from '../platform/background.ts';
import type { SendMessage } from '../sending/message-sender.ts';
import { identityEvents } from './identity-events.ts';
import { logPages } from './log-pages.ts';

/** Sessions that one connection may use. */
const MAX_SESSIONS = 50;

const ENQUEUE_TIMEOUT_MS = 1_000;
/** What a row takes besides its text, indexes included; a session has several rows. */
const ROW_BYTES = 500;
const SESSION_BYTES = 2_000;

type CustomerEvents = EventHandlers<Extract<ClientEventName, `customer:${string}`>>;

export function customerEvents(options: {
  session: Caller<SessionApi>;
  queue: Pick<Caller<QueueApi>, 'add' | 'position'>;
  feeds: Feeds;
  sendMessage: SendMessage;
  typing: Pick<TypingPublisher, 'around'>;
  tokens: Tokens;
  limits: Limits;
  pace: CatchUpPace;
  resumeWindow: ResumeWindow;
  /** Customers who have a name must be proven to have it. */
  proofRequired: boolean;
  /** Where a session comes from: see `createSourceOf`. */
  sourceOf: (address: string, userId: string) => string;
  log: Log;
}): CustomerEvents {
  const { session, queue, feeds, sendMessage, typing, tokens, limits, resumeWindow, proofRequired, sourceOf, log } =
    options;
  const pages = logPages(options);

  /** From now on the socket may use the session. It is shown nothing before its subscription begins. */
  const join = (connection: Connection, sessionId: string): Subscription => {
    const older = connection.sessions.get(sessionId);
    const subscription = feeds.subscribe(sessionId, {
      audience: 'customer',
      emit: connection.emit,
      reader: connection,
      // Nothing follows the end. The socket keeps the session, so that it is told why it can send no more.
      onShown: (entry) => isEnd(entry) && subscription.leave(),
    });
    older?.leave();
    connection.sessions.set(sessionId, subscription);
    if (connection.gone) subscription.leave();
    return subscription;
  };
  const part = (connection: Connection, sessionId: string, subscription: Subscription) => {
    subscription.leave();
    if (connection.sessions.get(sessionId) === subscription) connection.sessions.delete(sessionId);
  };
  const tooMany = (connection: Connection, sessionId?: string) =>
    connection.sessions.size >= MAX_SESSIONS && !(sessionId !== undefined && connection.sessions.has(sessionId));
  /**
   * The queue learns of a wait by itself. Told at once, it can give this session to the next agent who claims the next
   * one. If it cannot be told, Postgres still has the wait. [Q2]
   */
  const enqueue = async ({ epoch }: Session, { sessionId, priority, requestedAt, reason, brief }: Wait) => {
    const wait = { sessionId, epoch, priority, requestedAt, reason, brief };
    const reply = await queue.add(wait, { timeoutMs: ENQUEUE_TIMEOUT_MS });
    if (!reply.ok)
      throttled(log).warn(
        sessionId,
        { sessionId, code: reply.code },
        'the queue could not be told of a wait; it will find it by itself',
      );
  };
  /** [S6] Whether a customer's text may be stored: no client can fill the disk. */
  const mayStore = (connection: Connection, sessionId: string, text = '') =>
    connection.limits.store(sessionId, ROW_BYTES + Buffer.byteLength(text));
  const tellPosition = async (connection: Connection, sessionId: string) => {
    const reply = await queue.position({ sessionId });
    if (reply.ok) forCustomer(connection.emit)('queue:position', reply.value);
  };

  const tokenOf = (opened: Session) => tokens.issue('session', opened.id, resumeWindow.lastUntil(opened));
  /** The session, if it may be shown to who the customer is by now: that may have been proven while it was read. */
  const owned = async ({ customer }: Connection, one: Session): Promise<Reply<Session>> => {
    const proof = await customer.read();
    return proof.ok ? ownedSession({ session: one, proof: proof.value, required: proofRequired }, session) : proof;
  };
  /**
   * The session, if its customer may still come back to it. The token is valid, so the socket has the session
   * meanwhile: events that the client sends right behind this one wait for its outcome only.
   */
  const resume = (connection: Connection, sessionId: string, subscription: Subscription): Promise<Reply<Session>> => {
    const find = async (): Promise<Reply<Session>> => {
      const proof = await connection.customer.read();
      if (!proof.ok) return proof;
      await subscription.ready;
      const found = await session.get({ sessionId });
      if (!found.ok || !resumeWindow.isOpen(found.value.session)) return found.ok ? notFound() : found;
      return owned(connection, found.value.session);
    };
    const finding = find();
    const fail = () => {
      part(connection, sessionId, subscription);
      return false;
    };
    const succeeds = finding.then(({ ok }) => ok || fail(), fail);
    // What is sent behind a second resume waits for the first, too: events keep their order. [M3]
    const outcome = Promise.all([succeeds, connection.resuming.get(sessionId)]).then(([ok]) => ok);
    connection.resuming.set(sessionId, outcome);
    void outcome.then(() => connection.resuming.get(sessionId) === outcome && connection.resuming.delete(sessionId));
    return finding;
  };

  return {
    ...identityEvents({ session, proofRequired, tokenOf }),

    async 'customer:start_chat'(connection, payload) {
      if (tooMany(connection)) return tooManyChats();
      if (!limits.start(connection.address))
        return refuse('RATE_LIMITED', 'Too many chats were started from your network; try again in a moment.');
      if (!connection.limits.store(undefined, SESSION_BYTES + Buffer.byteLength(JSON.stringify(payload))))
        return tooMuchText();
      connection.identity = { role: 'customer' };
      const proof = await connection.customer.read();
      if (!proof.ok) return proof;
      if (proof.value === null && !mayBeNamed(payload.userId, proofRequired)) return nobodyProven();
      const customer = proof.value?.customer;
      const userId = customer?.id ?? payload.userId;
      const source = sourceOf(connection.address, userId);
      const reply = await session.create({ ...payload, userId, source, ...(customer && { customer }) });
      if (!reply.ok) return reply;
      const opened = reply.value.session;
      if (reply.value.repeated && !resumeWindow.mayRepeat(opened.createdAt)) return startedLongAgo();
      const token = tokenOf(opened);
      const subscription = join(connection, opened.id);
      const started = await owned(connection, opened);
      if (!started.ok) {
        part(connection, opened.id, subscription);
        return started.code === 'NOT_FOUND' ? nobodyProven() : started;
      }
      log.info({ sessionId: opened.id, socketId: connection.id, repeated: reply.value.repeated }, 'chat started');
      await subscription.ready;
      const created = { sessionId: opened.id, status: opened.status, session: started.value, token };
      forCustomer(connection.emit)('session:created', created);
      // `session:created` stands for the first entry of the log; what follows is shown as entries. What was written
      // before the subscription was ready is fetched.
      subscription.begin({ at: Math.min(1, opened.lastSeq), lastSeq: opened.lastSeq });
      feeds.refresh(opened.id);
      return accept({ session: started.value, token });
    },

    async 'customer:resume_chat'(connection, { sessionId, token, lastSeq, newest }) {
      if (!tokens.verify('session', sessionId, token)) {
        logWrongToken(log, connection);
        return notFound();
      }
      if (tooMany(connection, sessionId)) return tooManyChats();
      connection.identity = { role: 'customer' };
      const subscription = join(connection, sessionId);
      const found = await resume(connection, sessionId, subscription);
      if (!found.ok) return found.code === 'NOT_FOUND' ? notFound() : found;
      const resumed = found.value;
      const at = Math.min(lastSeq, resumed.lastSeq);
      const page = newest === undefined ? undefined : await pages.newest(connection, resumed, at, newest);
      if (page !== undefined && !page.ok) return page.code === 'NOT_FOUND' ? notFound() : page;
      const entries = page?.value.entries;
      subscription.begin({ at: entries?.at(-1)?.seq ?? at, lastSeq: resumed.lastSeq });
      if (entries?.some(isEnd)) subscription.leave();
      if (resumed.status === 'waiting') inBackground(log, 'tell a position', tellPosition(connection, sessionId));
      log.info({ sessionId, socketId: connection.id }, 'chat resumed');
      const shown = entries && { entries: entries.map(customerEntry) };
      return accept({ session: resumed, token: tokenOf(resumed), ...shown });
    },

    async 'customer:list_entries'(connection, { sessionId, afterSeq, limit }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      const page = await pages.after(connection, sessionId, afterSeq, limit);
      if (!page.ok) return page.code === 'NOT_FOUND' ? notFound() : page;
      return accept({ entries: page.value.entries.map(customerEntry), hasMore: page.value.hasMore });
    },

    async 'customer:send_message'(connection, { sessionId, content, clientMessageId }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      if (!limits.customerMessage(sessionId)) return refuse('RATE_LIMITED', 'Too many messages at once; slow down.');
      if (!mayStore(connection, sessionId, content)) return tooMuchText();
      return typing.around(connection, sessionId, () =>
        sendMessage({ sessionId, author: { type: 'customer' }, content, clientMessageId }),
      );
    },

    async 'customer:end_chat'(connection, { sessionId, reason }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      return session.close({ sessionId, by: 'user', reason });
    },

    async 'customer:request_agent'(connection, { sessionId, reason }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, reason)) return tooMuchText();
      const reply = await session.transfer({
        sessionId,
        cause: 'customer_requested',
        reason: reason ?? PLAIN_REQUEST,
      });
      if (!reply.ok) return reply;
      await enqueue(reply.value.session, reply.value.wait);
      return accept({ session: reply.value.session });
    },

    async 'customer:cancel_request'(connection, { sessionId, reason }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, reason)) return tooMuchText();
      return session.cancelTransfer({ sessionId, cause: 'customer_cancelled', reason });
    },

    async 'customer:rate_chat'(connection, { sessionId, rating, comment }) {
      if (!(await mayUse(connection, sessionId))) return notFound();
      if (!mayStore(connection, sessionId, comment)) return tooMuchText();
      return session.rate({ sessionId, rating, comment });
    },
  };
}

const isEnd = (entry: Entry): boolean => entry.kind === 'event' && entry.change.to === 'closed';

const tooManyChats = () => refuse('RATE_LIMITED', `One connection can have ${MAX_SESSIONS} chats; use another one.`);
const startedLongAgo = () =>
  refuse('ID_REUSED', 'startId: the chat of this start was opened long ago; take a new id for a new chat', 'startId');
const nobodyProven = () =>
  refuse('UNAUTHENTICATED', 'userId: a customer who has a name needs a token of the site that proves it', 'userId');
const tooMuchText = () =>
  refuse('RATE_LIMITED', 'More text came from here than is taken in a day; go on with less, or later.');
