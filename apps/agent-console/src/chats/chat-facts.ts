import type { AgentChat, TranscriptItem } from '@baton/client';

type MessageItem = Extract<TranscriptItem, { kind: 'message' }>;
type EventItem = Extract<TranscriptItem, { kind: 'event' }>;

/** What a list says of a chat. */
export interface ChatFacts {
  lastMessage: MessageItem | undefined;
  /** Last change of control to the queue: why the chat came to an agent. */
  handoff: EventItem | undefined;
  /** When the oldest message of the customer's was written that no agent has answered since; null when none is. */
  unansweredSince: number | null;
  lastAt: number;
  lastSeq: number;
}

const known = new WeakMap<AgentChat, ChatFacts>();

/** The facts of this state of a chat; computed once for each. */
export function factsOf(chat: AgentChat): ChatFacts {
  let facts = known.get(chat);
  if (facts === undefined) {
    facts = look(chat);
    known.set(chat, facts);
  }
  return facts;
}

function look(chat: AgentChat): ChatFacts {
  const { items } = chat;
  let lastMessage: MessageItem | undefined;
  let handoff: EventItem | undefined;
  let unanswered: string | null = null;
  let answered = chat.assignment !== 'mine';
  // Taken, and nothing said since: then the customer waits for a human since the handoff, whatever the bot said.
  let fresh = false;
  let lastSeq = 0;
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at];
    if (item === undefined) continue;
    lastSeq = Math.max(lastSeq, item.seq ?? 0);
    if (item.kind === 'message') {
      lastMessage ??= item;
      if (answered) continue;
      if (item.sender === 'user') unanswered = item.timestamp;
      else if (item.sender === 'agent' || (item.sender === 'bot' && !fresh)) answered = true;
    } else if (item.change.to === 'agent') {
      fresh = true;
    } else if (item.change.to === 'waiting' && !item.change.passing) {
      handoff ??= item;
      if (fresh && !answered) unanswered = item.timestamp;
      answered = true;
    }
    if (lastMessage !== undefined && handoff !== undefined && answered) break;
  }
  return {
    lastMessage,
    handoff,
    unansweredSince: unanswered === null ? null : Date.parse(unanswered),
    lastAt: Date.parse(items.at(-1)?.timestamp ?? chat.session.updatedAt),
    lastSeq,
  };
}

/**
 * Chats in the order in which they want attention: those whose customer waits for an answer, the longest wait first;
 * then other assigned ones, the latest first; then those that are over.
 */
export function orderChats(chats: Iterable<AgentChat>): AgentChat[] {
  const ranked = [...chats].map((chat) => ({ chat, facts: factsOf(chat) }));
  const rank = ({ chat, facts }: (typeof ranked)[number]) =>
    chat.assignment !== 'mine' ? 2 : facts.unansweredSince === null ? 1 : 0;
  ranked.sort((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0) return byRank;
    if (a.facts.unansweredSince !== null && b.facts.unansweredSince !== null)
      return a.facts.unansweredSince - b.facts.unansweredSince;
    return b.facts.lastAt - a.facts.lastAt;
  });
  return ranked.map(({ chat }) => chat);
}
