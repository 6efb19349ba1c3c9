import { randomUUID } from 'node:crypto';
import type {
  AckOf,
  Agent as AgentRecord,
  AgentStatus,
  ClientEvents,
  Note,
  PayloadOf,
  Refusal,
  ServerEvents,
} from '@baton/contracts';
import { createConversation, type Shown } from './conversation.ts';
import { createLink, type LinkEvents } from './link.ts';
import { createOutbox, type Unsent } from './outbox.ts';
import { createTypingSign } from './typing-sign.ts';

type Assigned = PayloadOf<ServerEvents['session:assigned']>['session'];
type WaitingList = PayloadOf<ServerEvents['queue:update']>;

export interface AgentEvents extends Omit<LinkEvents, 'onUp'> {
  onReady?: (agent: AgentRecord, resumed: boolean) => void;
  /** A chat came into our hands; `again` when it was there before the connection was lost. */
  onAssigned?: (chat: Chat, again: boolean) => void;
  /** A chat left our hands. */
  onGone?: (chat: Chat) => void;
  onShown?: (chat: Chat, item: Shown) => void;
  onNote?: (chat: Chat, note: Note) => void;
  onChange?: () => void;
  onRefused?: (chat: Chat, item: Unsent, refusal: Refusal) => void;
  onTrouble?: (refusal: Refusal) => void;
  onDraining?: () => void;
}

const RETRY_MS = 1_500;

/** One agent, through any number of lost connections, with the chats in its hands. */
export function createAgent(
  options: { url: string; name: string; capacity?: number; key?: string | undefined } & AgentEvents,
) {
  const chats = new Map<string, Chat>();
  let identity: { agentId: string; token: string } | undefined;
  let record: AgentRecord | undefined;
  let waiting: WaitingList | undefined;
  let retry: NodeJS.Timeout | undefined;

  const link = createLink(options.url, options.key, {
    ...options,
    onUp: () => void comeBack(),
    onDown() {
      for (const chat of chats.values()) chat.outbox.shut();
      options.onDown?.();
    },
  });
  const { socket } = link;
  const changed = () => options.onChange?.();
  const inHand = ({ sessionId }: { sessionId: string }) => chats.get(sessionId);

  socket.on('session:assigned', ({ session }) => take(session));
  socket.on('session:unassigned', (payload) => drop(inHand(payload)));
  socket.on('session:closed', (payload) => drop(inHand(payload)));
  socket.on('message:received', (message) => inHand(message)?.conversation.message(message));
  socket.on('status:changed', (change) => inHand(change)?.conversation.change(change));
  socket.on('message:draft', (draft) => inHand(draft)?.conversation.receiveDraft(draft));
  socket.on('typing', (typing) => typing.sender === 'user' && inHand(typing)?.conversation.receiveTyping(typing));
  socket.on('note:added', (note) => {
    const chat = inHand(note);
    if (chat === undefined || chat.notes.some(({ id }) => id === note.id)) return;
    chat.notes.push(note);
    options.onNote?.(chat, note);
  });
  socket.on('queue:update', (update) => {
    waiting = update;
    changed();
  });
  socket.on('agent:updated', ({ agent }) => noteRecord(agent));
  socket.on('server:draining', () => options.onDraining?.());

  function noteRecord(agent: AgentRecord): void {
    record = agent;
    changed();
  }

  function take(session: Assigned): void {
    const known = chats.get(session.id);
    const chat = known ?? createChat(session);
    chats.set(session.id, chat);
    chat.session = session;
    // The newest page: what is older than it is not shown here.
    chat.conversation.begin((session.messages[0]?.seq ?? 1) - 1);
    for (const entry of session.messages) chat.conversation.entry(entry);
    for (const note of session.notes) if (!chat.notes.some(({ id }) => id === note.id)) chat.notes.push(note);
    chat.settled = true;
    chat.outbox.open();
    options.onAssigned?.(chat, known !== undefined);
  }

  function drop(chat: Chat | undefined): void {
    if (chat === undefined || !chats.delete(chat.session.id)) return;
    chat.outbox.end('The chat is no longer in your hands.');
    chat.conversation.close();
    options.onGone?.(chat);
  }

  function createChat(session: Assigned): Chat {
    const chat: Chat = {
      session,
      log: [],
      notes: [],
      settled: false,
      conversation: createConversation({
        onChange: changed,
        onShown(item) {
          chat.log.push(item);
          if (item.kind === 'message' && item.message.clientMessageId !== undefined)
            chat.outbox.stored(item.message.clientMessageId);
          // What came with the assignment is history, and shown as such.
          if (chat.settled) options.onShown?.(chat, item);
        },
      }),
      outbox: createOutbox({
        newId: randomUUID,
        send: ({ clientMessageId, content }) =>
          link.ask('agent:send_message', { sessionId: session.id, content, clientMessageId }),
        onChange: changed,
        onRefused: (item, refusal) => options.onRefused?.(chat, item, refusal),
      }),
      typing: createTypingSign((active) => {
        if (link.connected && chats.has(session.id)) void link.ask('typing', { sessionId: session.id, active });
      }),
    };
    return chat;
  }

  async function comeBack(): Promise<void> {
    clearTimeout(retry);
    const { name, capacity } = options;
    const before = identity;
    const back = before && (await link.ask('agent:resume', before));
    const reply = back ?? (await link.ask('agent:join', { name, ...(capacity !== undefined && { capacity }) }));
    if (!link.connected) return;
    if (!reply.ok) {
      options.onTrouble?.(reply);
      // Away for so long that we were forgotten: begin anew.
      if (reply.code === 'NOT_FOUND') identity = undefined;
      if (reply.code !== 'UNAUTHENTICATED' && reply.code !== 'VALIDATION_FAILED')
        retry = setTimeout(comeBack, RETRY_MS);
      return;
    }
    const { agentId, token, agent } = reply.value;
    identity = { agentId, token };
    noteRecord(agent);
    // What was taken away from us while we were gone was not told to us.
    if (back?.ok) {
      const held = new Set(back.value.sessions.map(({ id }) => id));
      for (const chat of [...chats.values()]) if (!held.has(chat.session.id)) drop(chat);
    }
    options.onReady?.(agent, before !== undefined);
  }

  type After = Promise<AckOf<ClientEvents['agent:close_session']>>;
  const because = (reason: string | undefined) => (reason === undefined || reason === '' ? {} : { reason });

  return {
    get record() {
      return record;
    },
    get waiting(): WaitingList | undefined {
      return waiting;
    },
    get chats(): readonly Chat[] {
      return [...chats.values()];
    },
    pickUp: (sessionId?: string): After =>
      link.ask('agent:pickup_session', sessionId === undefined ? {} : { sessionId }),
    close: (chat: Chat, reason?: string): After =>
      link.ask('agent:close_session', { sessionId: chat.session.id, ...because(reason) }),
    release: (
      chat: Chat,
      to: { type: 'queue' } | { type: 'bot' } | { type: 'agent'; agentId: string },
      reason: string,
    ): After => link.ask('agent:release_session', { sessionId: chat.session.id, to, reason }),
    addNote: (chat: Chat, content: string) =>
      link.ask('agent:add_note', { sessionId: chat.session.id, content, clientNoteId: randomUUID() }),
    async setStatus(status: AgentStatus) {
      const reply = await link.ask('agent:set_status', { status });
      if (reply.ok) noteRecord(reply.value.agent);
      return reply;
    },
    leave(): void {
      clearTimeout(retry);
      for (const chat of chats.values()) {
        chat.outbox.shut();
        chat.conversation.close();
      }
      link.close();
    },
  };
}
export type AgentClient = ReturnType<typeof createAgent>;

/** A chat in the agent's hands. */
export interface Chat {
  session: Assigned;
  readonly log: Shown[];
  readonly notes: Note[];
  readonly conversation: ReturnType<typeof createConversation>;
  readonly outbox: ReturnType<typeof createOutbox>;
  readonly typing: (typing: boolean) => void;
  /** Its history was taken in: what comes from here on is new. */
  settled: boolean;
}
