import type { AgentClient, AgentState, Problem, ViewedChat } from '@baton/client';
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Selection } from './selection.ts';

/** What the server has said of a chat that is open and not assigned to this agent. */
export interface Looked {
  sessionId: string;
  /** As it was when it could last be looked at. */
  view: ViewedChat | null;
  /** Why it cannot be looked at any more, or never could. */
  problem: Problem | null;
}

/** Customers who wait may go on writing; who looks at them sees it so soon. */
const AGAIN_MS = 4_000;

/**
 * Looks at the open chat while it is not assigned to the agent: one that waits, again and again; one that ended before
 * a reload, once, for its log; one that only the address names, to find out what it is.
 */
export function createLooking(
  client: Pick<AgentClient, 'view'>,
  state: ReadonlySignal<AgentState>,
  selection: ReadonlySignal<Selection>,
) {
  const looked = signal<Looked | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;

  /** What to look at, as text: it is looked at anew whenever this changes. */
  const wanted = computed(() => {
    const chosen = selection.value;
    const { phase, connection, chats, waiting } = state.value;
    if (chosen === null || phase !== 'on' || connection !== 'online') return null;
    const { sessionId, kind } = chosen;
    const chat = chats.get(sessionId);
    if (chat !== undefined && (kind === 'chat' || chat.assignment === 'mine'))
      return chat.assignment === 'mine' || chat.items.length > 0 ? null : `${sessionId} log`;
    return `${sessionId} ${waiting.sessions.some(({ id }) => id === sessionId) ? 'waiting' : 'unknown'}`;
  });

  const look = async (sessionId: string, mine: number): Promise<void> => {
    const result = await client.view(sessionId);
    if (mine !== round) return;
    const before = looked.peek()?.sessionId === sessionId ? looked.peek() : null;
    looked.value = {
      sessionId,
      view: result.ok ? result.value : (before?.view ?? null),
      problem: result.ok ? null : { code: result.code, message: result.message },
    };
    const again = result.ok ? result.value.session.status === 'waiting' : result.code === 'UNAVAILABLE';
    if (again) timer = setTimeout(() => void look(sessionId, mine), AGAIN_MS);
  };
  const stop = effect(() => {
    const [sessionId] = wanted.value?.split(' ') ?? [];
    round += 1;
    clearTimeout(timer);
    if (sessionId !== undefined) void look(sessionId, round);
  });

  return {
    looked: looked as ReadonlySignal<Looked | null>,
    stop(): void {
      round += 1;
      stop();
      clearTimeout(timer);
    },
  };
}
