import type { Entry, MAX_JSON_LENGTH as LIMIT, Position, Session } from '@baton/contracts';
import { createConnection, notConnected } from '../connection/connection.ts';
import { problemOf } from '../connection/refusal-kinds.ts';
import type { Incoming } from '../connection/transport.ts';
import { socketIoTransport } from '../connection/transport-socketio.ts';
import { entryOfChange, unreadOf } from '../log/conversation.ts';
import { type ConversationSync, createConversationSync } from '../log/conversation-sync.ts';
import { entriesBefore } from '../log/earlier-pages.ts';
import { headOf } from '../log/session-log.ts';
import type { Problem, Result } from '../log/types.ts';
import { allFailed, nextOf, type Outbox } from '../outbox/outbox.ts';
import { defaultStorage, systemClock } from '../platform/environment.ts';
import { createStore } from '../platform/snapshot-store.ts';
import { createIdentify } from './identify.ts';
import { savedChat } from './saved-chat.ts';
import { after, afterAll, newer, shownSession } from './session.ts';
import type { Chat, ChatOptions, ChatPhase, ChatSession, ChatState } from './types.ts';

/** The first entry of a log says that the chat was started; its customer is not shown it. */
const BASE = 1;
/** Entries that a page which comes back shows at first. */
const FIRST_PAGE = 50;
/** Largest botContext or metadata, in characters of JSON. More would cost the connection instead of being refused. */
const MAX_JSON_LENGTH: typeof LIMIT = 16_384;

/** A customer's chat: one at a time, kept across reloads and losses of the connection. */
export function createChat(options: ChatOptions): Chat {
  const { userId, clock = systemClock } = options;
  const record = savedChat(options.storage ?? defaultStorage(), options.storageKey ?? 'baton.chat', userId);
  let session: Session | undefined;
  let position: Position | null = null;
  let problem: Problem | null = null;
  /** A chat is wanted: open one if there is none. */
  let wanted = false;
  let closed = false;
  const starting = new Set<(result: Result<ChatSession>) => void>();
  let snapshot: { of: Session; is: ChatSession } | undefined;

  const sessionShown = (): ChatSession | null => {
    if (session === undefined) return null;
    if (snapshot?.of !== session) snapshot = { of: session, is: shownSession(session) };
    return snapshot.is;
  };
  const phase = (): ChatPhase => {
    if (session !== undefined) return session.status === 'closed' ? 'closed' : 'open';
    return record.current.session !== undefined || wanted ? 'starting' : 'idle';
  };
  const settleStart = (result: Result<ChatSession>) => {
    for (const settle of starting) settle(result);
    starting.clear();
  };
  const sessionId = () => record.current.session?.id ?? '';

  const open = (outbox: Outbox): ConversationSync =>
    createConversationSync({
      clock,
      side: 'user',
      base: BASE,
      seen: Math.max(record.current.seen, BASE),
      seenByOther: record.current.seenByOther,
      outbox,
      saved: record.outbox,
      wire: {
        ready: () => connection.ready && session !== undefined,
        send: ({ content, clientMessageId }) =>
          connection.request('customer:send_message', { sessionId: sessionId(), content, clientMessageId }),
        // Notifications may be lost, so nobody waits for the reply.
        typing: (active) => void connection.request('typing', { sessionId: sessionId(), active }),
        seen: (seq) => void connection.request('seen', { sessionId: sessionId(), seq }),
        watched: () => session?.status === 'agent',
        again: () => connection.identifyAgain(),
      },
      shown: (fresh) => {
        for (const entry of fresh) {
          if (entry.kind !== 'event') continue;
          if (entry.change.from === 'waiting') position = null;
          const changed = session && after(session, entry);
          if (changed === session) continue;
          session = changed;
          if (session?.status === 'agent') sync.connected();
        }
      },
      changed: () => {
        const { seen, seenByOther } = sync.conversation;
        const known = record.current;
        if (known.session && (seen !== known.seen || seenByOther !== known.seenByOther))
          record.keep({ seen, seenByOther });
        store.changed();
      },
    });
  /** Leaves the chat for another one, or for none, with nothing but these messages. */
  const forget = (outbox: Outbox) => {
    sync.stop();
    const other = record.beginAnew();
    if (outbox.length > 0) record.keep({});
    session = undefined;
    position = null;
    problem = null;
    sync = open(other ? record.outbox.load() : outbox);
    if (other) connection.identifyAgain();
    store.changed();
  };

  /** The server has told of our chat, by an answer or by `session:created`. */
  const adopt = (told: Session, token: string, missed: readonly Entry[] = []) => {
    const known = record.current.session;
    if (known?.id !== told.id || known.token !== token) record.keep({ session: { id: told.id, token } });
    session = afterAll(newer(session, told), sync.conversation.log.entries);
    problem = null;
    wanted = false;
    if (missed.length > 0) sync.receivedPage(missed, told.lastSeq);
    else sync.reaches(told.lastSeq);
    settleStart({ ok: true, value: shownSession(session) });
    if (connection.ready) sync.connected();
    store.changed();
  };
  const received = (incoming: Incoming) => {
    const { payload } = incoming;
    if (incoming.event === 'session:created') {
      if (record.current.session === undefined && wanted) adopt(incoming.payload.session, incoming.payload.token);
    } else if (!('sessionId' in payload) || payload.sessionId !== record.current.session?.id) {
      // Of another chat, or of none.
    } else if (incoming.event === 'message:received') sync.received([incoming.payload]);
    else if (incoming.event === 'status:changed') sync.received([entryOfChange(incoming.payload)]);
    else if (incoming.event === 'message:draft') sync.draft(incoming.payload);
    else if (incoming.event === 'typing') sync.typing(incoming.payload);
    else if (incoming.event === 'seen') sync.seenByOther(incoming.payload);
    else if (incoming.event === 'queue:position') {
      position = incoming.payload;
      store.changed();
    }
  };

  let wasReady = false;
  const connection = createConnection({
    transport: options.transport ?? socketIoTransport({ url: options.url }),
    clock,
    identify: () => identify(),
    received,
    changed: () => {
      if (connection.ready && !wasReady) sync.connected();
      wasReady = connection.ready;
      store.changed();
    },
  });
  const identify = createIdentify({
    request: connection.request,
    record,
    start: options,
    wanted: () => wanted,
    head: () => headOf(sync.conversation.log),
    // A page that was open is sent all that it missed: its reader has seen what is before.
    page: () => (sync.conversation.log.entries.length === 0 ? FIRST_PAGE : undefined),
    opened: adopt,
    delayed: (why) => {
      problem = problemOf(why);
      store.changed();
    },
    refused: (why) => {
      wanted = false;
      problem = problemOf(why);
      settleStart(why);
      store.changed();
    },
    vanished: (why) => {
      // The page asked for a chat and has not shown this one yet: it gets another.
      wanted = starting.size > 0 && sync.conversation.log.entries.length === 0;
      // What was written and never sent is shown as failed.
      forget(allFailed(sync.conversation.outbox, problemOf(why)));
      return wanted;
    },
  });
  let sync = open(record.outbox.load());
  const store = createStore(clock, (): ChatState => {
    const { conversation, items } = sync;
    return {
      connection: connection.state,
      phase: phase(),
      session: sessionShown(),
      items,
      hasMore: conversation.log.base > BASE,
      draft: conversation.draft.shown,
      typing: conversation.typing,
      queue: session?.status === 'waiting' ? position : null,
      seenByOther: conversation.seenByOther,
      unread: unreadOf(conversation),
      seen: conversation.seen,
      rating: record.current.rating,
      ratingComment: record.current.comment ?? null,
      problem,
    };
  });

  const act = async (
    event: 'customer:request_agent' | 'customer:cancel_request' | 'customer:end_chat',
    reason?: string,
  ): Promise<Result<Session>> => {
    if (record.current.session === undefined) return noChat;
    const reply = await connection.requestWithRetry(event, {
      sessionId: sessionId(),
      ...(reason !== undefined && { reason }),
    });
    if (!reply.ok) return reply;
    if (reply.value.session.id === session?.id) {
      session = newer(session, reply.value.session);
      store.changed();
    }
    return { ok: true, value: reply.value.session };
  };
  const start = (): Promise<Result<ChatSession>> => {
    if (closed) return Promise.resolve(notConnected);
    if (session) return Promise.resolve({ ok: true, value: shownSession(session) });
    for (const field of ['botContext', 'metadata'] as const) {
      if (JSON.stringify(options[field] ?? {}).length > MAX_JSON_LENGTH) return Promise.resolve(tooLarge(field));
    }
    return new Promise((resolve) => {
      starting.add(resolve);
      const asked = wanted;
      record.lookAgain();
      wanted = record.current.session === undefined;
      problem = null;
      store.changed();
      if (!asked && (wanted || !connection.opened)) connection.identifyAgain();
    });
  };
  const startIfNone = () => {
    if (phase() === 'idle') void start();
  };

  // Written before a reload, or before a chat could be opened: it shall be sent.
  if (record.current.session === undefined && nextOf(sync.conversation.outbox)) wanted = true;
  if (record.current.session !== undefined || wanted) connection.open();
  return {
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    start,
    send(content) {
      // First, so that what is kept of the message is known to be this customer's.
      startIfNone();
      return sync.write(content);
    },
    retry(id) {
      startIfNone();
      sync.retry(id);
    },
    discard: (id) => sync.discard(id),
    requestAgent: (reason) => act('customer:request_agent', reason),
    cancelRequest: () => act('customer:cancel_request'),
    end: () => act('customer:end_chat'),
    async rate(rating, comment) {
      const id = sessionId();
      if (id === '') return noChat;
      const reply = await connection.requestWithRetry('customer:rate_chat', {
        sessionId: id,
        rating,
        ...(comment && { comment }),
      });
      if (reply.ok && sessionId() === id) record.keep({ rating, comment: comment || null });
      store.changed();
      return reply;
    },
    async loadEarlier() {
      const id = sessionId();
      const reply = await entriesBefore(sync.conversation.log.base, BASE, (afterSeq, limit) =>
        connection.requestWithRetry('customer:list_entries', { sessionId: id, afterSeq, limit }),
      );
      if (!reply.ok) return reply;
      if (sessionId() === id) sync.receivedEarlier(reply.value);
      return { ok: true, value: {} };
    },
    setTyping: (active) => sync.setTyping(active),
    markSeen: (seq) => sync.markSeen(seq),
    now: connection.now,
    startOver() {
      // What the ended chat refused was written for somebody: it is kept, to be sent or discarded by its writer.
      if (phase() === 'idle' || phase() === 'closed') forget(allFailed(sync.conversation.outbox, ended));
    },
    close() {
      closed = true;
      settleStart(notConnected);
      sync.stop();
      connection.close();
    },
  };
}

const noChat: Result<never> = { ok: false, code: 'NOT_FOUND', message: 'There is no chat yet.' };
const ended: Problem = { code: 'SESSION_CLOSED', message: 'The chat ended before this was sent.' };
const tooLarge = (field: string): Result<never> => ({
  ok: false,
  code: 'VALIDATION_FAILED',
  message: `${field}: must be JSON of at most ${MAX_JSON_LENGTH} characters`,
  field,
});
