import type { AgentChat, AgentClient, AgentState } from '@baton/client';
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { orderChats } from '../chats/chat-facts.ts';
import { createDrafts } from '../composer/drafts.ts';
import { customerName } from '../customer/customer-name.ts';
import { counted, fill, words } from '../words/words.ts';
import { createLooking } from './chat-preview.ts';
import type { Selection } from './selection.ts';
import type { Keeper } from './storage.ts';

/** On a narrow screen one of the three is shown. */
export type Pane = 'lists' | 'conversation' | 'details';
export type OpenDialog = 'shortcuts' | 'replies' | 'transfer' | 'end' | 'leave' | null;
export type WriteMode = 'reply' | 'note';

export interface Toast {
  id: number;
  tone: 'notice' | 'danger' | 'good';
  text: string;
}

const TOAST_MS = 6_000;

/** Everything the parts of the console share: what the client says, what is chosen, and what the agent can do. */
export function createConsole(client: AgentClient, keeper: Keeper) {
  const state = signal<AgentState>(client.state);
  const selection = signal<Selection>(null);
  const pane = signal<Pane>('lists');
  const detailsOpen = signal(keeper.read(DETAILS_KEY) !== 'closed');
  const dialog = signal<OpenDialog>(null);
  const mode = signal<WriteMode>('reply');
  const toasts = signal<readonly Toast[]>([]);
  const filter = signal('');
  const working = signal<ReadonlySet<string>>(new Set());
  const drafts = createDrafts(keeper);
  /** Raised to move the focus: where to, and how often so far. */
  const focusAt = signal<{ place: FocusPlace; times: number }>({ place: 'lists', times: 0 });

  const chats = computed(() => orderChats(state.value.chats.values()));
  const shownChats = computed(() => {
    const sought = filter.value.trim().toLocaleLowerCase();
    if (sought === '') return chats.value;
    return chats.value.filter((chat) => matches(chat, sought));
  });
  const waiting = computed(() => state.value.waiting);
  const agent = computed(() => state.value.agent);
  const connection = computed(() => state.value.connection);
  const chosenChat: ReadonlySignal<AgentChat | undefined> = computed(() => {
    const chosen = selection.value;
    const chat = chosen === null ? undefined : state.value.chats.get(chosen.sessionId);
    // One that the agent gave back and that waits again is looked at as such.
    return chosen?.kind === 'waiting' && chat?.assignment !== 'mine' ? undefined : chat;
  });
  const chosenWait = computed(() => {
    const chosen = selection.value;
    return chosen === null ? undefined : waiting.value.sessions.find(({ id }) => id === chosen.sessionId);
  });

  const { looked, stop: stopLooking } = createLooking(client, state, selection);
  /** Why no chat can be taken now; undefined when one can. */
  const takeProblem = computed(() => {
    const me = agent.value;
    if (me === null) return undefined;
    if (me.status === 'offline') return words.waiting.off;
    return me.active >= me.capacity ? counted(words.waiting.full, me.capacity) : undefined;
  });

  let toastId = 0;
  const tell = (tone: Toast['tone'], text: string): void => {
    const id = ++toastId;
    toasts.value = [...toasts.peek().filter((toast) => toast.text !== text), { id, tone, text }].slice(-4);
    setTimeout(() => untell(id), TOAST_MS);
  };
  const untell = (id: number): void => {
    toasts.value = toasts.peek().filter((toast) => toast.id !== id);
  };
  /** Says why something was refused; gives whether it was not. */
  const succeeded = (result: { ok: true } | { ok: false; message: string }): boolean => {
    if (!result.ok) tell('danger', fill(words.problem.failed, { message: result.message }));
    return result.ok;
  };
  /** Runs an action once at a time under this name; `working` tells buttons about it. */
  const once = async (name: string, act: () => Promise<boolean>): Promise<boolean> => {
    if (working.peek().has(name)) return false;
    working.value = new Set([...working.peek(), name]);
    try {
      return await act();
    } finally {
      working.value = new Set([...working.peek()].filter((other) => other !== name));
    }
  };

  const focus = (place: FocusPlace): void => {
    focusAt.value = { place, times: focusAt.peek().times + 1 };
  };
  const choose = (next: Selection, then: FocusPlace | null = null): void => {
    batch(() => {
      const same = next?.sessionId === selection.peek()?.sessionId;
      if (!same) mode.value = 'reply';
      if (!same || next?.kind !== selection.peek()?.kind) selection.value = next;
      pane.value = next === null ? 'lists' : 'conversation';
      if (then !== null) focus(then);
    });
  };
  const nameOf = (sessionId: string): string => {
    const session =
      state.peek().chats.get(sessionId)?.session ?? waiting.peek().sessions.find(({ id }) => id === sessionId);
    return session === undefined ? '' : customerName(session);
  };

  const actions = {
    choose,
    focus,
    tell,
    untell,
    nameOf,
    show: (next: OpenDialog): void => {
      dialog.value = next;
    },
    setPane: (next: Pane): void => {
      pane.value = next;
    },
    toggleDetails(): void {
      detailsOpen.value = !detailsOpen.peek();
      keeper.write(DETAILS_KEY, detailsOpen.peek() ? null : 'closed');
    },
    write(next: WriteMode): void {
      mode.value = next;
      focus('composer');
    },
    claim: (sessionId?: string) =>
      once(`take ${sessionId ?? 'next'}`, async () => {
        if (takeProblem.peek() !== undefined) {
          tell('notice', takeProblem.peek() ?? '');
          return false;
        }
        const taken = await client.claim(sessionId);
        if (!taken.ok && taken.code === 'AT_CAPACITY') {
          tell('notice', counted(words.waiting.full, agent.peek()?.capacity ?? 0));
          return false;
        }
        if (!succeeded(taken) || !taken.ok) return false;
        choose({ kind: 'chat', sessionId: taken.value.id }, 'composer');
        return true;
      }),
    /** Not being able to is no news: the foot of the list asks again when it is seen again. */
    moreWaiting: (): void => void client.moreWaiting(),
    end: (sessionId: string, reason: string, publicReason: string) =>
      once('end', async () => succeeded(await client.closeChat(sessionId, given(reason), given(publicReason)))),
    transfer: (sessionId: string, to: Parameters<AgentClient['transfer']>[1], reason: string, publicReason: string) =>
      once('transfer', async () => {
        const name = nameOf(sessionId);
        const transferred = await client.transfer(sessionId, to, reason.trim(), given(publicReason));
        if (!succeeded(transferred)) return false;
        tell('good', fill(words.transfer.done, { name }));
        return true;
      }),
    addNote: (sessionId: string, content: string) =>
      once(`note ${sessionId}`, async () => {
        const added = await client.addNote(sessionId, content);
        if (!added.ok) tell('danger', fill(words.composer.noteFailed, { message: added.message }));
        return added.ok;
      }),
    setStatus: (status: Parameters<AgentClient['setStatus']>[0]) =>
      once('status', async () => succeeded(await client.setStatus(status))),
    dismiss(sessionId: string): void {
      const order = shownChats.peek();
      const at = order.findIndex((chat) => chat.sessionId === sessionId);
      const neighbour = order[at + 1] ?? order[at - 1];
      client.dismiss(sessionId);
      drafts.forget(sessionId);
      if (selection.peek()?.sessionId !== sessionId) return;
      choose(neighbour === undefined ? null : { kind: 'chat', sessionId: neighbour.sessionId });
      if (matchMedia(NARROW).matches) pane.value = 'lists';
    },
    clearEnded(): void {
      for (const { sessionId, assignment } of chats.peek()) {
        // What was not sent from it is not thrown away with many others.
        const unsent = (['reply', 'note'] as const).some((kind) => drafts.get(sessionId, kind).trim() !== '');
        if (assignment !== 'mine' && !unsent) actions.dismiss(sessionId);
      }
    },
    /** The chat so many places further down, from the chosen one. */
    step(by: number): void {
      const order = shownChats.peek();
      const at = order.findIndex((chat) => chat.sessionId === selection.peek()?.sessionId);
      const next =
        at < 0 ? order[by > 0 ? 0 : order.length - 1] : order[Math.min(Math.max(at + by, 0), order.length - 1)];
      if (next !== undefined) choose({ kind: 'chat', sessionId: next.sessionId }, 'composer');
    },
    nth(index: number): void {
      const chat = shownChats.peek()[index];
      if (chat !== undefined) choose({ kind: 'chat', sessionId: chat.sessionId }, 'composer');
    },
  };

  const stop = [
    stopLooking,
    client.subscribe((next) => {
      state.value = next;
    }),
    // What waited and is the agent's now is marked in the list of their chats.
    effect(() => {
      const chosen = selection.value;
      if (chosen?.kind === 'waiting' && state.value.chats.get(chosen.sessionId)?.assignment === 'mine')
        selection.value = { kind: 'chat', sessionId: chosen.sessionId };
    }),
  ];

  return {
    client,
    state: state as ReadonlySignal<AgentState>,
    chats,
    shownChats,
    waiting,
    agent,
    connection,
    selection: selection as ReadonlySignal<Selection>,
    chosenChat,
    chosenWait,
    looked,
    takeProblem,
    pane: pane as ReadonlySignal<Pane>,
    detailsOpen: detailsOpen as ReadonlySignal<boolean>,
    dialog: dialog as ReadonlySignal<OpenDialog>,
    mode: mode as ReadonlySignal<WriteMode>,
    toasts: toasts as ReadonlySignal<readonly Toast[]>,
    working: working as ReadonlySignal<ReadonlySet<string>>,
    focusAt: focusAt as ReadonlySignal<{ place: FocusPlace; times: number }>,
    filter,
    drafts,
    actions,
    stop(): void {
      for (const end of stop) end();
    },
  };
}
export type Console = ReturnType<typeof createConsole>;

export type FocusPlace = 'lists' | 'waiting' | 'chats' | 'filter' | 'composer';

/** What was written, if anything was. */
const given = (text: string): string | undefined => text.trim() || undefined;

const DETAILS_KEY = 'baton.console.details';
/** As in the style sheet: where one pane is shown at a time. */
const NARROW = '(max-width: 47.99rem)';

function matches(chat: AgentChat, sought: string): boolean {
  const { session, items } = chat;
  if (customerName(session).toLocaleLowerCase().includes(sought)) return true;
  if (session.userId.toLocaleLowerCase().includes(sought) || session.id === sought) return true;
  return items.some((item) => item.kind === 'message' && item.content.toLocaleLowerCase().includes(sought));
}
