import { type ChatState, createChat, memoryStorage, type Problem } from '@baton/client';
import { type LineEvents, watchedLine } from '../connection-events.ts';
import { failedOf, type Shown, shownAfter, type Unsent, unsentOf } from '../transcript-news.ts';

export interface CustomerEvents extends LineEvents {
  /** The chat is open, or was found again; `resumed` after a lost connection. */
  onReady?: (chat: { id: string; userId: string }, resumed: boolean) => void;
  onShown?: (item: Shown) => void;
  /** Something beside the log has changed: draft, typing, position, what is unsent. */
  onChange?: () => void;
  onClosed?: () => void;
  /** Something said was not taken. */
  onRefused?: (item: Unsent, problem: Problem) => void;
  /** The chat could not be opened or found again; tried again while that makes sense. */
  onTrouble?: (problem: Problem) => void;
}

const ENDED: Problem = { code: 'SESSION_CLOSED', message: 'The chat has ended.' };

/** One customer with one chat, through any number of lost connections: the client's snapshots as news. */
export function createCustomer(options: { url: string; userId: string; key?: string | undefined } & CustomerEvents) {
  const { userId } = options;
  const tellReady = (resumed: boolean) => {
    const { session } = chat.state;
    if (session !== null) options.onReady?.({ id: session.id, userId }, resumed);
  };
  const chat = createChat({
    userId,
    metadata: { client: 'terminal' },
    storage: memoryStorage(),
    transport: watchedLine({ ...options, onBack: () => tellReady(true) }),
  });
  let ready = false;
  let ended = false;
  let seq = 0;
  let problem: Problem | null = null;

  const look = (state: ChatState) => {
    if (ended) return;
    if (!ready && state.session !== null) {
      ready = true;
      tellReady(false);
    }
    for (const item of shownAfter(seq, state.items)) {
      seq = item.seq;
      options.onShown?.(item);
    }
    for (const { problem: why, ...item } of failedOf(state.items)) {
      options.onRefused?.(item, why);
      chat.discard(item.clientMessageId);
    }
    if (state.problem !== null && state.problem !== problem) options.onTrouble?.(state.problem);
    problem = state.problem;
    options.onChange?.();
    if (state.phase === 'closed') end(state);
  };
  /** Of a chat that has ended nothing more is to be heard. */
  const end = ({ items }: ChatState) => {
    ended = true;
    for (const item of unsentOf(items)) options.onRefused?.(item, ENDED);
    chat.close();
    options.onClosed?.();
  };
  chat.subscribe(look);
  void chat.start();

  return {
    get sessionId() {
      return chat.state.session?.id;
    },
    get status() {
      return chat.state.session?.status;
    },
    get agentName() {
      return chat.state.session?.agentName ?? undefined;
    },
    get position() {
      return chat.state.queue ?? undefined;
    },
    get draft() {
      return chat.state.draft ?? undefined;
    },
    get typist() {
      return chat.state.typing ?? undefined;
    },
    get unsent(): Unsent[] {
      return unsentOf(chat.state.items);
    },
    say(content: string): void {
      if (ended) options.onRefused?.({ clientMessageId: '', content }, ENDED);
      else chat.send(content);
    },
    typing: (active: boolean) => chat.setTyping(active),
    askForHuman: (reason?: string) => chat.requestAgent(reason),
    cancelRequest: () => chat.cancelRequest(),
    end: () => chat.end(),
    leave: () => chat.close(),
  };
}
export type Customer = ReturnType<typeof createCustomer>;
