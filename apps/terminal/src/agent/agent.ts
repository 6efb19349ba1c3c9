import {
  type AgentChat,
  type Agent as AgentRecord,
  type AgentState,
  type AgentStatus,
  type Brief,
  createAgentClient,
  memoryStorage,
  type Note,
  type Problem,
  type Session,
  type TransferTarget,
} from '@baton/client';
import { type LineEvents, watchedLine } from '../connection-events.ts';
import { failedOf, type Shown, shownAfter, type Unsent, unsentOf } from '../transcript-news.ts';

export interface AgentEvents extends LineEvents {
  onReady?: (agent: AgentRecord, resumed: boolean) => void;
  /** A chat was assigned to us. */
  onAssigned?: (chat: Chat) => void;
  /** A chat is no longer ours. */
  onGone?: (chat: Chat) => void;
  onShown?: (chat: Chat, item: Shown) => void;
  onNote?: (chat: Chat, note: Note) => void;
  onChange?: () => void;
  onRefused?: (chat: Chat, item: Unsent, problem: Problem) => void;
  onTrouble?: (problem: Problem) => void;
}

/** A chat assigned to the agent. */
export interface Chat {
  readonly session: Session;
  readonly brief: Brief | null;
  readonly log: readonly Shown[];
  readonly notes: readonly Note[];
  readonly draft: AgentChat['draft'];
  readonly typist: AgentChat['typing'];
  readonly unsent: readonly Unsent[];
  say(content: string): void;
  typing(active: boolean): void;
}

/** What took a chat away is told with it, or right behind; later nobody waits for it. */
const REASON_WITHIN_MS = 1_000;

/** One agent, through any number of lost connections, with its chats: the client's snapshots as news. */
export function createAgent(
  options: { url: string; name: string; capacity?: number; key?: string | undefined } & AgentEvents,
) {
  const { name, capacity } = options;
  const client = createAgentClient({
    name,
    ...(capacity !== undefined && { capacity }),
    storage: memoryStorage(),
    transport: watchedLine({ ...options, onBack: () => tellReady(true) }),
  });
  const held = new Map<string, { chat: Chat; last: AgentChat; leaving?: NodeJS.Timeout }>();
  let ready = false;
  let left = false;
  let problem: Problem | null = null;
  const tellReady = (resumed: boolean) => {
    const { agent } = client.state;
    if (agent !== null) options.onReady?.(agent, resumed);
  };

  const take = (of: AgentChat) => {
    const { sessionId } = of;
    const now = () => held.get(sessionId)?.last ?? of;
    const chat: Chat = {
      get session() {
        return now().session;
      },
      get brief() {
        return now().brief;
      },
      get log() {
        return shownAfter(0, now().items);
      },
      get notes() {
        return now().notes;
      },
      get draft() {
        return now().draft;
      },
      get typist() {
        return now().typing;
      },
      get unsent() {
        return unsentOf(client.state.chats.get(sessionId)?.items ?? []);
      },
      say: (content) => void client.send(sessionId, content),
      typing: (active) => client.setTyping(sessionId, active),
    };
    held.set(sessionId, { chat, last: of });
    // What came with it is history, and shown as such.
    options.onAssigned?.(chat);
  };
  const drop = (sessionId: string) => {
    const one = held.get(sessionId);
    if (one === undefined) return;
    clearTimeout(one.leaving);
    held.delete(sessionId);
    client.dismiss(sessionId);
    options.onGone?.(one.chat);
  };
  const follow = (now: AgentChat) => {
    const { sessionId } = now;
    const one = held.get(sessionId);
    if (one === undefined) {
      if (now.assignment === 'mine') take(now);
      return;
    }
    const { chat, last } = one;
    if (now === last) return;
    one.last = now;
    for (const item of shownAfter(last.items.findLast(({ seq }) => seq !== undefined)?.seq ?? 0, now.items))
      options.onShown?.(chat, item);
    const known = new Set(last.notes.map(({ id }) => id));
    for (const note of now.notes) if (!known.has(note.id)) options.onNote?.(chat, note);
    for (const { problem: why, ...item } of failedOf(now.items)) {
      options.onRefused?.(chat, item, why);
      client.discard(sessionId, item.clientMessageId);
    }
    if (now.assignment === 'mine') {
      clearTimeout(one.leaving);
      delete one.leaving;
    } else if (now.ended !== null) drop(sessionId);
    else one.leaving ??= setTimeout(() => drop(sessionId), REASON_WITHIN_MS);
  };
  const look = (state: AgentState) => {
    if (left) return;
    if (!ready && state.agent !== null) {
      ready = true;
      tellReady(false);
    }
    for (const chat of state.chats.values()) follow(chat);
    if (state.problem !== null && state.problem !== problem) options.onTrouble?.(state.problem);
    problem = state.problem;
    options.onChange?.();
  };
  client.subscribe(look);
  void client.join();
  const because = (reason: string | undefined) => (reason === '' ? undefined : reason);

  return {
    get record() {
      return client.state.agent ?? undefined;
    },
    get waiting() {
      const { waiting } = client.state;
      return waiting.timestamp === null ? undefined : waiting;
    },
    now: client.now,
    get chats(): readonly Chat[] {
      return [...held.values()].map(({ chat }) => chat);
    },
    claim: (sessionId?: string) => client.claim(sessionId),
    close: (chat: Chat, reason?: string) => client.closeChat(chat.session.id, because(reason)),
    transfer: (chat: Chat, to: TransferTarget, reason: string) => client.transfer(chat.session.id, to, reason),
    addNote: (chat: Chat, content: string) => client.addNote(chat.session.id, content),
    setStatus: (status: AgentStatus) => client.setStatus(status),
    /** Ends the connection: chats go back to the queue when the grace period is over. */
    leave(): void {
      left = true;
      for (const { leaving } of held.values()) clearTimeout(leaving);
      client.close();
    },
  };
}
export type TerminalAgent = ReturnType<typeof createAgent>;
