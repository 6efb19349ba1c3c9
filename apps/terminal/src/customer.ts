import { randomUUID } from 'node:crypto';
import type { AckOf, ClientEvents, Position, Refusal, Session, SessionStatus } from '@baton/contracts';
import { createConversation, type Shown } from './conversation.ts';
import { createLink, type LinkEvents } from './link.ts';
import { createOutbox, type Unsent } from './outbox.ts';
import { createTypingSign } from './typing-sign.ts';

export interface CustomerEvents extends Omit<LinkEvents, 'onUp'> {
  /** The chat is open, or was found again; `resumed` after a lost connection. */
  onReady?: (session: Session, resumed: boolean) => void;
  onShown?: (item: Shown) => void;
  /** Something beside the log has changed: draft, typing, position, what is unsent. */
  onChange?: () => void;
  onClosed?: () => void;
  /** Something said was not taken. */
  onRefused?: (item: Unsent, refusal: Refusal) => void;
  /** The chat could not be opened or found again; tried again while that makes sense. */
  onTrouble?: (refusal: Refusal) => void;
  onDraining?: () => void;
}

const RETRY_MS = 1_500;

/** One customer with one chat, through any number of lost connections. */
export function createCustomer(options: { url: string; userId: string; key?: string | undefined } & CustomerEvents) {
  const startId = randomUUID();
  let opened: { sessionId: string; token: string } | undefined;
  let status: SessionStatus | undefined;
  let agentName: string | undefined;
  let position: Position | undefined;
  let waitedOnce = false;
  let retry: NodeJS.Timeout | undefined;

  const conversation = createConversation({
    onChange: () => options.onChange?.(),
    onShown(item) {
      if (item.kind === 'message' && item.message.clientMessageId !== undefined)
        outbox.stored(item.message.clientMessageId);
      if (item.kind === 'change') noteControl(item.change.to, item.change.agentName);
      options.onShown?.(item);
      if (status === 'closed') finish();
    },
  });
  const outbox = createOutbox({
    newId: randomUUID,
    send: ({ clientMessageId, content }) =>
      link.ask('customer:send_message', { sessionId: opened?.sessionId ?? '', content, clientMessageId }),
    onChange: () => options.onChange?.(),
    onRefused: (item, refusal) => options.onRefused?.(item, refusal),
  });
  const link = createLink(options.url, options.key, {
    ...options,
    onUp: () => void comeBack(),
    onDown() {
      outbox.shut();
      options.onDown?.();
    },
  });
  const { socket } = link;

  socket.on('session:created', ({ session, token }) => begin(session, token));
  socket.on('message:received', (message) => mine(message) && conversation.message(message));
  socket.on('status:changed', (change) => mine(change) && conversation.change(change));
  socket.on('message:draft', (draft) => mine(draft) && conversation.receiveDraft(draft));
  socket.on('typing', (typing) => mine(typing) && typing.sender !== 'user' && conversation.receiveTyping(typing));
  socket.on('queue:position', (place) => {
    if (!mine(place)) return;
    position = place;
    options.onChange?.();
  });
  socket.on('session:closed', (end) => mine(end) && noteControl('closed', undefined));
  socket.on('server:draining', () => options.onDraining?.());

  const mine = ({ sessionId }: { sessionId: string }) => sessionId === opened?.sessionId;

  function begin(session: Session, token: string): void {
    const first = opened === undefined;
    opened = { sessionId: session.id, token };
    if (!first) return;
    status = session.status;
    // `session:created` stands for the first entry.
    conversation.begin(1);
    options.onReady?.(session, false);
  }

  function noteControl(to: SessionStatus, name: string | undefined): void {
    status = to;
    agentName = to === 'agent' ? name : undefined;
    if (to === 'waiting') waitedOnce = true;
    else position = undefined;
    options.onChange?.();
  }

  /** Opens the chat, or finds it again and asks for what was missed. [M4] */
  async function comeBack(): Promise<void> {
    clearTimeout(retry);
    if (status === 'closed') return;
    const before = opened;
    const reply = before
      ? await link.ask('customer:resume_chat', { ...before, lastSeq: conversation.lastSeq })
      : await link.ask('customer:start_chat', { userId: options.userId, startId, metadata: { client: 'terminal' } });
    if (!link.connected) return;
    if (!reply.ok) {
      options.onTrouble?.(reply);
      if (reply.code !== 'NOT_FOUND' && reply.code !== 'VALIDATION_FAILED') retry = setTimeout(comeBack, RETRY_MS);
      return;
    }
    begin(reply.value.session, reply.value.token);
    if (before) options.onReady?.(reply.value.session, true);
    outbox.open();
  }

  function finish(): void {
    outbox.end('The chat has ended.');
    options.onClosed?.();
  }

  const inChat = async <Value>(act: (sessionId: string) => Promise<Value>) => act(opened?.sessionId ?? '');
  type After = Promise<AckOf<ClientEvents['customer:end_chat']>>;

  return {
    get sessionId() {
      return opened?.sessionId;
    },
    get status() {
      return status;
    },
    get agentName() {
      return agentName;
    },
    get position() {
      return status === 'waiting' ? position : undefined;
    },
    get hasWaited() {
      return waitedOnce;
    },
    get draft() {
      return conversation.draft;
    },
    get typist() {
      return conversation.typist;
    },
    get unsent() {
      return outbox.unsent;
    },
    say: (content: string) => outbox.add(content),
    typing: createTypingSign((active) => {
      if (opened !== undefined && link.connected && status !== 'closed')
        void link.ask('typing', { sessionId: opened.sessionId, active });
    }),
    askForHuman: (reason?: string): After =>
      inChat((sessionId) => link.ask('customer:request_agent', { sessionId, ...(reason && { reason }) })),
    neverMind: (): After => inChat((sessionId) => link.ask('customer:cancel_request', { sessionId })),
    end: (): After => inChat((sessionId) => link.ask('customer:end_chat', { sessionId })),
    leave(): void {
      clearTimeout(retry);
      conversation.close();
      outbox.shut();
      link.close();
    },
  };
}
export type Customer = ReturnType<typeof createCustomer>;
