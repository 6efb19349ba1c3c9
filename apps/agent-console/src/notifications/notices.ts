import type { AgentState } from '@baton/client';
import { plainSummary } from '@baton/design';
import { factsOf } from '../chats/chat-facts.ts';
import { customerName } from '../customer/customer-name.ts';
import { fill, words } from '../words/words.ts';

/** Something that somebody who looks elsewhere should know. */
export interface Notice {
  /** Notices of one subject replace each other. */
  subject: string;
  title: string;
  body: string;
  /** Where it leads. */
  sessionId: string | null;
}

/** Unread messages in all chats. */
export function unreadIn(state: AgentState): number {
  let unread = 0;
  for (const chat of state.chats.values()) if (chat.assignment === 'mine') unread += chat.unread;
  return unread;
}

/** The title of the page, with what is unread in front. */
export function pageTitle(unread: number): string {
  return unread === 0 ? words.title.page : fill(words.title.badge, { count: unread, page: words.title.page });
}

/** What is new in a state compared with the one before: messages of customers, chats given to the agent, a new wait. */
export function newsIn(before: AgentState, after: AgentState): Notice[] {
  const news: Notice[] = [];
  for (const [sessionId, chat] of after.chats) {
    const old = before.chats.get(sessionId);
    if (old === chat || chat.assignment !== 'mine') continue;
    const name = customerName(chat.session);
    const { lastMessage } = factsOf(chat);
    const body = lastMessage === undefined ? '' : plainSummary(lastMessage.content, 140);
    if (old === undefined) {
      // Chats that were there before the page was loaded are no news.
      if (before.phase === 'on' && !chat.restored)
        news.push({ subject: sessionId, title: fill(words.notify.assigned, { name }), body, sessionId });
    } else if (chat.unread > old.unread) {
      news.push({ subject: sessionId, title: fill(words.notify.message, { name }), body, sessionId });
    }
  }
  const first = after.waiting.sessions[0];
  if (
    before.waiting.timestamp !== null &&
    before.waiting.total === 0 &&
    after.waiting.total > 0 &&
    first !== undefined
  ) {
    const { reason } = first.queueInfo;
    news.push({
      subject: 'waiting',
      title: words.notify.waiting,
      body: fill(words.notify.waitingBody, { name: customerName(first), reason }),
      sessionId: null,
    });
  }
  return news;
}
