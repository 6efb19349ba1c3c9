import type {
  CustomerPresence,
  Draft,
  Entry,
  LiveEntries,
  LiveKind,
  LiveNote,
  Position,
  Seen,
  SessionApi,
  Subjects,
  Typing,
} from '@baton/contracts';
import { type Caller, inTrace, type Log, TRACE_HEADER, throttled } from '@baton/runtime';
import type { Msg, NatsConnection } from 'nats';
import type { Emit } from '../connections/emit.ts';
import { customerEntry, forCustomer } from '../customers/customer-view.ts';
import { interestKnown } from '../platform/interest.ts';
import type { CatchUpPace, Reader } from './catch-up/catch-up-pace.ts';
import { fetchEntries } from './catch-up/fetch-entries.ts';
import { createGrowingAnswer } from './draft.ts';
import { createLogView, type Viewer } from './log-view.ts';
import { showEntry } from './show-entry.ts';
import { createTypingSigns } from './typing-indicators.ts';

/** Announcements of one session can overtake each other; a gap is given this long to close before it is fetched. */
const GAP_PATIENCE_MS = 150;
/** What is known to exist but could not be fetched is asked for again after this time. */
const STILL_MISSING_MS = 1_000;

export type Audience = 'customer' | 'agent';

/** One socket's place at one session. */
export interface Seat {
  /** Resolves when announcements of the session reach this gateway. */
  ready: Promise<void>;
  /** From now on everything after `at` is shown, in order. `lastSeq`: the log reached this far once `ready`. */
  begin(options: { at: number; lastSeq: number }): void;
  leave(): void;
}

export interface Sitter {
  audience: Audience;
  emit: Emit;
  reader: Reader;
  /** After an entry was sent to this socket. */
  onShown?: (entry: Entry) => void;
  /** A gateway has got the first socket of the customer, or has lost the last one. */
  onPresence?: (present: boolean) => void;
}

export interface Watch {
  readonly sessionId: string;
  readonly shown: number;
  readonly lastActiveAt: number;
  comparedAt: number;
  /** The customer has a socket on this gateway. */
  readonly hasCustomer: boolean;
  sit(sitter: Sitter): Seat;
  /** The log is known to reach `lastSeq`: what was not shown of it is fetched. */
  expect(lastSeq: number): void;
  /** Fetch what the log has now, instead of waiting to be told. */
  refresh(): void;
  close(): void;
}

export interface WatchParts {
  nats: NatsConnection;
  subjects: Subjects;
  session: Pick<Caller<SessionApi>, 'listEntries'>;
  pace: CatchUpPace;
  log: Log;
  onGap: () => void;
}

const decoder = new TextDecoder();

/** One session that has sockets here: its NATS subscription, the view of its log and those who look at it. */
export function openWatch(sessionId: string, parts: WatchParts, onEmpty: () => void): Watch {
  const { nats, session, log } = parts;
  const seats = new Map<Sitter, { viewer: Viewer | undefined; emit: Emit }>();
  const closing = new AbortController();
  let gapTimer: NodeJS.Timeout | undefined;
  let fetching = false;
  let fetchAgain = false;
  let lastActiveAt = Date.now();

  const tell =
    <Payload>(audience: Audience | 'both', show: (emit: Emit, payload: Payload) => void) =>
    (payload: Payload) => {
      for (const [sitter, { viewer, emit }] of seats)
        if (viewer?.behind === false && (audience === 'both' || audience === sitter.audience)) show(emit, payload);
    };
  const tellAgents = tell<Typing>('agent', (emit, typing) => emit('typing', typing));
  const tellCustomers = tell<Typing>('customer', (emit, typing) => emit('typing', typing));
  const typing = createTypingSigns((sign) => (sign.sender === 'user' ? tellAgents(sign) : tellCustomers(sign)));
  const tellAgentsSeen = tell<Seen>('agent', (emit, seen) => emit('seen', seen));
  const tellCustomersSeen = tell<Seen>('customer', (emit, seen) => emit('seen', seen));
  const answer = createGrowingAnswer(tell<Draft>('both', (emit, draft) => emit('message:draft', draft)));
  const tellPosition = tell<Position>('customer', (emit, position) => emit('queue:position', position));
  const tellNote = tell<LiveNote>('agent', (emit, { note }) => emit('note:added', note));
  const hasCustomer = () => [...seats.keys()].some(({ audience }) => audience === 'customer');
  const announcePresence = (present: boolean) => {
    const presence: CustomerPresence = { sessionId, present };
    nats.publish(parts.subjects.live(sessionId, 'presence'), JSON.stringify(presence));
  };
  const view = createLogView((entry) => {
    typing.beforeEntry(entry);
    answer.beforeEntry(entry);
  });

  const waitForGap = (milliseconds: number) => {
    gapTimer ??= setTimeout(() => {
      gapTimer = undefined;
      if (view.missing) parts.onGap();
      if (view.missing) refresh();
    }, milliseconds);
  };
  /** Fetches what follows what was shown. One fetch at a time. */
  const refresh = () => {
    if (!view.begun) return;
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    fetchAgain = false;
    const accept = (page: Entry[], hasMore: boolean) => {
      view.accept(page);
      return hasMore || view.missing;
    };
    fetchEntries({ session, sessionId, after: () => view.shown, accept, signal: closing.signal })
      .catch((error: unknown) =>
        throttled(log).error(sessionId, { err: error, sessionId }, 'entries could not be fetched'),
      )
      .then((exists) => {
        fetching = false;
        if (closing.signal.aborted || exists === false) return;
        if (fetchAgain) refresh();
        else if (view.missing) waitForGap(STILL_MISSING_MS);
      });
  };
  /** Brings one viewer level with the others. */
  const catchUp = (viewer: Viewer, reader: Reader, left: AbortSignal) => {
    const signal = AbortSignal.any([closing.signal, left]);
    const turn = parts.pace.begin(reader, signal);
    const accept = (page: Entry[]) => {
      view.catchUp(viewer, page);
      return viewer.behind;
    };
    fetchEntries({ session, sessionId, after: () => viewer.at, accept, turn, signal })
      .catch((error: unknown) =>
        throttled(log).error(sessionId, { err: error, sessionId }, 'a viewer could not catch up'),
      )
      .then((exists) => {
        if (signal.aborted || exists === false || !viewer.behind) return;
        setTimeout(() => catchUp(viewer, reader, left), STILL_MISSING_MS).unref();
      });
  };

  const receive = (message: Msg) => {
    const kind = message.subject.slice(message.subject.lastIndexOf('.') + 1) as LiveKind;
    // Trusted from here: our services build these by the contract.
    const payload: unknown = JSON.parse(decoder.decode(message.data));
    if (kind === 'attendance') {
      if (hasCustomer()) message.respond();
      return;
    }
    if (kind === 'presence') {
      const { present } = payload as CustomerPresence;
      for (const sitter of seats.keys()) sitter.onPresence?.(present);
      return;
    }
    lastActiveAt = Date.now();
    if (kind === 'entry') {
      view.accept((payload as LiveEntries).entries);
      if (view.missing) waitForGap(GAP_PATIENCE_MS);
    } else if (kind === 'draft') answer.received(payload as Draft);
    else if (kind === 'typing') typing.received(payload as Typing);
    else if (kind === 'seen') {
      const seen = payload as Seen;
      if (seen.sender === 'user') tellAgentsSeen(seen);
      else tellCustomersSeen(seen);
    } else if (kind === 'position') tellPosition(payload as Position);
    else if (kind === 'note') tellNote(payload as LiveNote);
  };
  const subscription = nats.subscribe(parts.subjects.anyLive(sessionId), {
    callback: (error, message) => {
      if (error) return void log.error({ err: error, sessionId }, 'NATS ended the subscription of a session');
      try {
        const name = message.subject.endsWith('.entry') ? 'show entry' : undefined;
        inTrace(message.headers?.get(TRACE_HEADER), () => receive(message), name, 'consumer');
      } catch (problem) {
        // The text of the problem may quote the message: only its name is logged. [S5]
        const name = problem instanceof Error ? problem.name : typeof problem;
        const facts = { sessionId, subject: message.subject, problem: name };
        throttled(log).error(sessionId, facts, 'an announcement could not be shown');
      }
    },
  });
  const ready = interestKnown(nats);

  return {
    sessionId,
    comparedAt: Date.now(),
    get shown() {
      return view.shown;
    },
    get hasCustomer() {
      return hasCustomer();
    },
    get lastActiveAt() {
      return lastActiveAt;
    },
    refresh,
    expect(lastSeq) {
      view.expect(lastSeq);
      if (view.missing) refresh();
    },
    sit(sitter) {
      const isCustomer = sitter.audience === 'customer';
      const emit = isCustomer ? forCustomer(sitter.emit) : sitter.emit;
      const seat: { viewer: Viewer | undefined; emit: Emit } = { viewer: undefined, emit };
      const left = new AbortController();
      if (isCustomer && !hasCustomer()) announcePresence(true);
      seats.set(sitter, seat);
      return {
        ready,
        begin({ at, lastSeq }) {
          if (!seats.has(sitter) || seat.viewer !== undefined) return;
          lastActiveAt = Date.now();
          const show = (entry: Entry) => {
            showEntry(emit, isCustomer ? customerEntry(entry) : entry);
            sitter.onShown?.(entry);
          };
          seat.viewer = view.enter({ at, lastSeq, show });
          if (seat.viewer.behind) catchUp(seat.viewer, sitter.reader, left.signal);
          if (view.missing) refresh();
        },
        leave() {
          if (!seats.delete(sitter)) return;
          left.abort();
          if (seat.viewer !== undefined) view.leave(seat.viewer);
          if (isCustomer && !hasCustomer()) announcePresence(false);
          if (seats.size === 0) onEmpty();
        },
      };
    },
    close() {
      closing.abort();
      clearTimeout(gapTimer);
      typing.stop();
      answer.stop();
      subscription.unsubscribe();
    },
  };
}
