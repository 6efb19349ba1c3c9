import type { DeskChat, TranscriptItem } from '@baton/client';

type MessageItem = Extract<TranscriptItem, { kind: 'message' }>;
type EventItem = Extract<TranscriptItem, { kind: 'event' }>;

/** What a list says of a chat. */
export interface ChatFacts {
  lastMessage: MessageItem | undefined;
  /** Last change of control to the waiting list: why the chat came to an agent. */
  handoff: EventItem | undefined;
  /** When the oldest message of the customer's was written that no agent has answered since; null when none is. */
  owedSince: number | null;
  lastAt: number;
  lastSeq: number;
}

const known = new WeakMap<DeskChat, ChatFacts>();

/** The facts of this state of a chat; computed once for each. */
export function factsOf(chat: DeskChat): ChatFacts {
  let facts = known.get(chat);
  if (facts === undefined) {
    facts = look(chat);
    known.set(chat, facts);
  }
  return facts;
}

function look(chat: DeskChat): ChatFacts {
  const { items } = chat;
  let lastMessage: MessageItem | undefined;
  let handoff: EventItem | undefined;
  let owed: string | null = null;
  let answered = chat.hands !== 'mine';
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
      if (item.sender === 'user') owed = item.timestamp;
      else if (item.sender === 'agent' || (item.sender === 'bot' && !fresh)) answered = true;
    } else if (item.change.to === 'agent') {
      fresh = true;
    } else if (item.change.to === 'waiting' && !item.change.passing) {
      handoff ??= item;
      if (fresh && !answered) owed = item.timestamp;
      answered = true;
    }
    if (lastMessage !== undefined && handoff !== undefined && answered) break;
  }
  return {
    lastMessage,
    handoff,
    owedSince: owed === null ? null : Date.parse(owed),
    lastAt: Date.parse(items.at(-1)?.timestamp ?? chat.session.updatedAt),
    lastSeq,
  };
}

/**
 * Chats in the order in which they want attention: those whose customer waits for an answer, the longest wait first;
 * then those in hand, the latest first; then those that are over.
 */
export function orderChats(chats: Iterable<DeskChat>): DeskChat[] {
  const ranked = [...chats].map((chat) => ({ chat, facts: factsOf(chat) }));
  const rank = ({ chat, facts }: (typeof ranked)[number]) =>
    chat.hands !== 'mine' ? 2 : facts.owedSince === null ? 1 : 0;
  ranked.sort((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0) return byRank;
    if (a.facts.owedSince !== null && b.facts.owedSince !== null) return a.facts.owedSince - b.facts.owedSince;
    return b.facts.lastAt - a.facts.lastAt;
  });
  return ranked.map(({ chat }) => chat);
}
