import type { Change, Entry, GivenRating, Note, PayloadOf, ServerEvents, Session } from '@baton/contracts';
import { afterAll, newer } from '../chat/session.ts';
import { unreadOf } from '../log/conversation.ts';
import { createConversationSync, type Wire } from '../log/conversation-sync.ts';
import type { SavedOutbox } from '../outbox/saved-outbox.ts';
import type { Clock } from '../platform/environment.ts';
import type { AgentChat, ChatAssignment } from './types.ts';

export type Assigned = PayloadOf<ServerEvents['session:assigned']>['session'];

/** One chat of an agent, from its assignment until it is dismissed. */
export function openAgentChat(options: {
  clock: Clock;
  assigned: Assigned;
  agentId: string;
  /** How far the agent had read before a reload; undefined when the chat is new. */
  seen: number | undefined;
  saved: SavedOutbox;
  wire: Omit<Wire, 'watched'>;
  changed: () => void;
}) {
  const { agentId } = options;
  const {
    messages,
    hasMore: more,
    brief: firstBrief,
    notes: firstNotes,
    rating: firstRating,
    ...told
  } = options.assigned;
  let session: Session = told;
  let hasMore = more;
  let brief = firstBrief;
  let notes = firstNotes;
  let rating = firstRating ?? null;
  let customerAway = false;
  let assignment: ChatAssignment = 'mine';
  let ended: Change | null = null;
  let snapshot: AgentChat | undefined;
  const first = messages[0]?.seq ?? session.lastSeq + 1;
  const mine = () => assignment === 'mine';

  const changed = () => {
    snapshot = undefined;
    options.changed();
  };
  /** The chat has left the agent's hands, or has come back. */
  const judge = (change: Change | null) => {
    if (session.status === 'closed') assignment = 'closed';
    else assignment = session.status === 'agent' && session.assignedAgent === agentId ? 'mine' : 'gone';
    ended = assignment === 'mine' ? null : (change ?? ended);
  };
  const shown = (fresh: readonly Entry[]) => {
    session = afterAll(session, fresh);
    const last = fresh.findLast((entry) => entry.kind === 'event');
    // Of the present hands, also when an answer has told of them before.
    if (last?.kind === 'event' && last.change.epoch === session.epoch) judge(last.change);
    changed();
  };
  const sync = createConversationSync({
    clock: options.clock,
    side: 'agent',
    base: first - 1,
    // What was said before the agent got the chat is read with the brief, not counted.
    seen: options.seen ?? session.lastSeq,
    outbox: options.saved.load(),
    saved: options.saved,
    // Also when the chat has left: what waits to be sent is then refused, and shown as failed.
    wire: { ...options.wire, watched: mine },
    shown,
    changed,
  });
  sync.receivedPage(messages, session.lastSeq);
  // One that ended before a reload comes in its present state.
  judge(null);

  return {
    sync,
    get session() {
      return session;
    },
    get assignment() {
      return assignment;
    },
    /** The server has told again that the agent has it, and what is in it: after a reconnect, or a return. */
    assigned(again: Assigned): void {
      const { messages: page, hasMore: more, brief: newBrief, notes: newNotes, rating: newRating, ...told } = again;
      const before = sync.conversation.log;
      sync.receivedPage(page, told.lastSeq);
      session = afterAll(newer(session, told), sync.conversation.log.entries);
      // A page that reaches less far back than what is there says nothing of what comes before that.
      if (sync.conversation.log.base !== before.base) hasMore = more;
      brief = newBrief ?? brief;
      notes = merged(notes, newNotes);
      rating = newest(rating, newRating);
      judge(null);
      if (mine()) sync.connected();
      changed();
    },
    /** The server has shown the log, of a chat that is no longer assigned to the agent. */
    viewed({ messages: page, brief: newBrief, notes: newNotes, rating: newRating }: Assigned): void {
      sync.receivedEarlier(page);
      hasMore = sync.conversation.log.base > 0;
      brief = newBrief ?? brief;
      notes = merged(notes, newNotes);
      rating = newest(rating, newRating);
      const last = page.findLast((entry) => entry.kind === 'event');
      if (last?.kind === 'event' && !mine()) ended = last.change;
      changed();
    },
    note(one: Note): void {
      notes = merged(notes, [one]);
      changed();
    },
    presence(present: boolean): void {
      customerAway = !present;
      changed();
    },
    rated(one: GivenRating | null | undefined): void {
      rating = newest(rating, one);
      changed();
    },
    /** The server says that it is no longer assigned to the agent; why, when that is known. */
    taken(change: Change | null): void {
      // An old one, of hands that it has come back from.
      if (change !== null && change.epoch <= session.epoch && mine()) return;
      if (assignment !== 'closed') assignment = change?.to === 'closed' ? 'closed' : 'gone';
      ended = change ?? ended;
      changed();
    },
    answered(told: Session): void {
      session = newer(session, told);
      judge(null);
      changed();
    },
    earlier(entries: readonly Entry[]): void {
      sync.receivedEarlier(entries);
      hasMore = sync.conversation.log.base > 0;
      changed();
    },
    get snapshot(): AgentChat {
      if (snapshot) return snapshot;
      const { draft, typing, seen, seenByOther } = sync.conversation;
      snapshot = {
        sessionId: session.id,
        session,
        assignment,
        restored: options.seen !== undefined,
        ended,
        items: sync.items,
        hasMore,
        brief,
        notes,
        rating,
        draft: draft.shown,
        typing,
        customerAway,
        unread: unreadOf(sync.conversation),
        seen,
        seenByOther,
      };
      return snapshot;
    },
    stop: () => sync.stop(),
  };
}
export type OpenChat = ReturnType<typeof openAgentChat>;

/** By id, oldest first: ids are made in order of time. */
function merged(notes: readonly Note[], more: readonly Note[]): Note[] {
  const byId = new Map([...notes, ...more].map((note) => [note.id, note]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Of two ratings the one given last: an answer that is older than a notification changes nothing. */
function newest(known: GivenRating | null, told: GivenRating | null | undefined): GivenRating | null {
  if (known === null || told === null || told === undefined) return told ?? known;
  return told.ratedAt >= known.ratedAt ? told : known;
}
