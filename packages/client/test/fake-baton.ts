import { accept, type ClientEventName, type Reply, refuse } from '@baton/contracts';
import { fakeAgents } from './fake-agents.ts';
import { type FakeChat, type FakeHandlers, fakeChats, noChat } from './fake-chats.ts';
import { fakeCustomers } from './fake-customers.ts';
import type { FakeServer } from './manual-network.ts';

/**
 * What clients may rely on of a gateway and what is behind it, in memory: log, repeats, tokens, subscribers and agents.
 */
export function fakeBaton() {
  const world = fakeChats();
  const { agents, assign, change, chatFor, chats, manner, openChat, presence, rate, say, tellAssigned } = world;
  const asked: ClientEventName[] = [];
  /** Refusals to give next, by event. */
  const moods = new Map<ClientEventName, Reply<never>[]>();
  /** What happens between an answer and its leaving, by event. */
  const meanwhile = new Map<ClientEventName, (() => void)[]>();
  const handlers: FakeHandlers = {
    ...fakeCustomers(world),
    ...fakeAgents(world),
    typing: (end, { sessionId }) => (chatFor(end, sessionId) ? accept({}) : noChat()),
    seen: (end, { sessionId }) => (chatFor(end, sessionId) ? accept({}) : noChat()),
  };

  const server: FakeServer = {
    connected: () => {},
    answer(end, event, payload) {
      asked.push(event);
      const mood = moods.get(event)?.shift();
      if (mood) return mood;
      const reply = handlers[event]?.(end, payload) ?? refuse('INTERNAL', `the fake does not know ${event}`);
      meanwhile.get(event)?.shift()?.();
      return reply;
    },
    gone(end) {
      for (const chat of chats.values()) chat.subscribers.delete(end);
      for (const one of agents.values()) if (one.end === end) one.end = undefined;
    },
  };
  return {
    server,
    /** Events that were asked for, in order. */
    asked,
    chats,
    agents,
    say,
    change,
    assign,
    tellAssigned,
    rate,
    presence,
    openChat,
    /** Entries that fit into one answer from now on. */
    mostInAnAnswer(entries: number): void {
      manner.mostEntries = entries;
    },
    /** The next time this is answered, something else happens before the answer leaves. */
    answerLate(event: ClientEventName, happens: () => void) {
      meanwhile.set(event, [...(meanwhile.get(event) ?? []), happens]);
    },
    /** From now on it is a gateway of an older version. */
    withoutPages(): void {
      manner.pages = false;
    },
    /** The next times this is asked for, it is refused so. */
    refuseNext(event: ClientEventName, ...replies: Reply<never>[]) {
      moods.set(event, [...(moods.get(event) ?? []), ...replies]);
    },
    only(): FakeChat {
      const [chat] = chats.values();
      if (chats.size !== 1 || chat === undefined) throw new Error(`there are ${chats.size} chats`);
      return chat;
    },
  };
}
