import {
  channels,
  type Draft,
  type Entry,
  type LiveNote,
  type Position,
  type Seen,
  type SessionApi,
  type Typing,
} from '@baton/contracts';
import { type Bus, type Caller, inSpan, type Log, throttled } from '@baton/runtime';
import type { Emit, Subscription } from '../connections/connection.ts';
import type { CatchUpPace, Reader } from './catch-up/catch-up-pace.ts';
import { fetchEntries } from './catch-up/fetch-entries.ts';
import { createDraft, createTypingState } from './ephemeral.ts';
import { type Cursor, createOrderedLog } from './ordered-log.ts';
import { customerEntry, forCustomer, showEntry } from './views.ts';

/** Notifications of one session can overtake each other. A gap gets this long to close before it is fetched. */
const GAP_TIMEOUT_MS = 150;
/** When a fetch did not bring all that is known to exist, the next one follows after this time. */
const RETRY_MS = 1_000;

export type Audience = 'customer' | 'agent';

export interface Subscriber {
  audience: Audience;
  emit: Emit;
  reader: Reader;
  /** After an entry was sent to this socket. */
  onShown?: (entry: Entry) => void;
  /** A gateway gained its first socket of this customer (true), or lost its last (false). Others may still have one. */
  onCustomer?: (connected: boolean) => void;
}

export interface Feed {
  readonly sessionId: string;
  readonly shown: number;
  readonly lastActiveAt: number;
  comparedAt: number;
  /** The customer has a socket on this gateway. */
  readonly hasCustomer: boolean;
  subscribe(subscriber: Subscriber): Subscription;
  /** The log is known to reach `lastSeq`: fetches what was not shown of it. */
  expect(lastSeq: number): void;
  /** Fetches what the log has now, without waiting for a notification. */
  refresh(): void;
  close(): void;
}

export interface FeedParts {
  bus: Pick<Bus, 'publish' | 'subscribeAll'>;
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  pace: CatchUpPace;
  log: Log;
  onGap: () => void;
}

/** One session with sockets on this gateway: its notifications, its log in order, and its subscribers. */
export function openFeed(sessionId: string, parts: FeedParts, onEmpty: () => void): Feed {
  const { bus, session, log } = parts;
  const subscribers = new Map<Subscriber, { cursor: Cursor | undefined; emit: Emit }>();
  const closing = new AbortController();
  let gapTimer: NodeJS.Timeout | undefined;
  let fetching = false;
  let fetchAgain = false;
  let lastActiveAt = Date.now();

  const tell =
    <Payload>(audience: Audience | 'both', show: (emit: Emit, payload: Payload) => void) =>
    (payload: Payload) => {
      for (const [subscriber, { cursor, emit }] of subscribers)
        if (cursor?.behind === false && (audience === 'both' || audience === subscriber.audience)) show(emit, payload);
    };
  const tellAgents = tell<Typing>('agent', (emit, typing) => emit('typing', typing));
  const tellCustomers = tell<Typing>('customer', (emit, typing) => emit('typing', typing));
  const typing = createTypingState((state) => (state.sender === 'user' ? tellAgents(state) : tellCustomers(state)));
  const tellAgentsSeen = tell<Seen>('agent', (emit, seen) => emit('seen', seen));
  const tellCustomersSeen = tell<Seen>('customer', (emit, seen) => emit('seen', seen));
  const draft = createDraft(tell<Draft>('both', (emit, payload) => emit('message:draft', payload)));
  const tellPosition = tell<Position>('customer', (emit, position) => emit('queue:position', position));
  const tellNote = tell<LiveNote>('agent', (emit, { note }) => emit('note:added', note));
  const hasCustomer = () => [...subscribers.keys()].some(({ audience }) => audience === 'customer');
  const publishConnected = (present: boolean) =>
    bus.publish(channels.live.presence, { session: sessionId }, { sessionId, present });
  const ordered = createOrderedLog((entry) => {
    typing.beforeEntry(entry);
    draft.beforeEntry(entry);
  });

  const waitForGap = (milliseconds: number) => {
    gapTimer ??= setTimeout(() => {
      gapTimer = undefined;
      if (ordered.missing) parts.onGap();
      if (ordered.missing) refresh();
    }, milliseconds);
  };
  /** Fetches what follows what was shown. One fetch at a time. */
  const refresh = () => {
    if (!ordered.begun) return;
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    fetchAgain = false;
    const accept = (page: Entry[], hasMore: boolean) => {
      ordered.accept(page);
      return hasMore || ordered.missing;
    };
    fetchEntries({ session, sessionId, after: () => ordered.shown, accept, signal: closing.signal })
      .catch((error: unknown) =>
        throttled(log).error(sessionId, { err: error, sessionId }, 'entries could not be fetched'),
      )
      .then((exists) => {
        fetching = false;
        if (closing.signal.aborted || exists === false) return;
        if (fetchAgain) refresh();
        else if (ordered.missing) waitForGap(RETRY_MS);
      });
  };
  /** Fetches for one subscriber what the others have already been shown. */
  const catchUp = (cursor: Cursor, reader: Reader, left: AbortSignal) => {
    const signal = AbortSignal.any([closing.signal, left]);
    const nextSlot = parts.pace.begin(reader, signal);
    const accept = (page: Entry[]) => {
      ordered.catchUp(cursor, page);
      return cursor.behind;
    };
    fetchEntries({ session, sessionId, after: () => cursor.at, accept, nextSlot, signal })
      .catch((error: unknown) =>
        throttled(log).error(sessionId, { err: error, sessionId }, 'a subscriber could not catch up'),
      )
      .then((exists) => {
        if (signal.aborted || exists === false || !cursor.behind) return;
        setTimeout(() => catchUp(cursor, reader, left), RETRY_MS).unref();
      });
  };

  const receiveEntries = (entries: readonly Entry[]) => {
    ordered.accept(entries);
    if (ordered.missing) waitForGap(GAP_TIMEOUT_MS);
  };
  /** Activity makes reconciliation visit the session sooner. */
  const active = <Payload>(react: (payload: Payload) => void) => {
    return (payload: Payload) => {
      lastActiveAt = Date.now();
      react(payload);
    };
  };
  const notifications = bus.subscribeAll(
    channels.live,
    { session: sessionId },
    {
      entry: active(({ entries }) => inSpan('show entry', 'consumer', () => receiveEntries(entries))),
      draft: active(draft.received),
      typing: active(typing.received),
      seen: active((seen) => (seen.sender === 'user' ? tellAgentsSeen(seen) : tellCustomersSeen(seen))),
      position: active(tellPosition),
      note: active(tellNote),
      attendance: hasCustomer,
      presence({ present }) {
        for (const subscriber of subscribers.keys()) subscriber.onCustomer?.(present);
      },
    },
  );
  const ready = notifications.ready();

  return {
    sessionId,
    comparedAt: Date.now(),
    get shown() {
      return ordered.shown;
    },
    get hasCustomer() {
      return hasCustomer();
    },
    get lastActiveAt() {
      return lastActiveAt;
    },
    refresh,
    expect(lastSeq) {
      ordered.expect(lastSeq);
      if (ordered.missing) refresh();
    },
    subscribe(subscriber) {
      const isCustomer = subscriber.audience === 'customer';
      const emit = isCustomer ? forCustomer(subscriber.emit) : subscriber.emit;
      const state: { cursor: Cursor | undefined; emit: Emit } = { cursor: undefined, emit };
      const left = new AbortController();
      if (isCustomer && !hasCustomer()) publishConnected(true);
      subscribers.set(subscriber, state);
      return {
        ready,
        begin({ at, lastSeq }) {
          if (!subscribers.has(subscriber) || state.cursor !== undefined) return;
          lastActiveAt = Date.now();
          const show = (entry: Entry) => {
            showEntry(emit, isCustomer ? customerEntry(entry) : entry);
            subscriber.onShown?.(entry);
          };
          state.cursor = ordered.open({ at, lastSeq, show });
          if (state.cursor.behind) catchUp(state.cursor, subscriber.reader, left.signal);
          if (ordered.missing) refresh();
        },
        leave() {
          if (!subscribers.delete(subscriber)) return;
          left.abort();
          if (state.cursor !== undefined) ordered.close(state.cursor);
          if (isCustomer && !hasCustomer()) publishConnected(false);
          if (subscribers.size === 0) onEmpty();
        },
      };
    },
    close() {
      closing.abort();
      clearTimeout(gapTimer);
      typing.stop();
      draft.stop();
      void notifications.leave();
    },
  };
}
