import type { ChatState, Delivery, TranscriptItem } from '@baton/client';

type Change = Extract<TranscriptItem, { kind: 'event' }>['change'];
const SESSION = '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5';
const AGENT = '019a7c4f-11b2-7e90-8d21-64f0a9c3be17';

/** Builds the log of a chat that began some minutes ago, one entry a half minute. */
function log() {
  const items: TranscriptItem[] = [];
  const begun = Date.now() - 15 * 60_000;
  const at = (): string => new Date(begun + items.length * 30_000).toISOString();
  const message = (
    sender: 'user' | 'bot' | 'agent' | 'system',
    content: string,
    delivery: Delivery = 'seen',
    senderName = 'Grace Hopper',
    metadata?: Record<string, unknown>,
  ): void => {
    const seq = items.length + 1;
    items.push({
      kind: 'message',
      key: `m${seq}`,
      own: sender === 'user',
      content,
      sender,
      ...(sender === 'agent' && { senderName }),
      timestamp: at(),
      ...(sender === 'user' && { delivery, clientMessageId: `c${seq}` }),
      ...(delivery === 'failed' && { problem: { code: 'RATE_LIMITED' as const, message: 'Slow down.' } }),
      ...(delivery !== 'failed' && delivery !== 'sending' && { seq }),
      ...(metadata && {
        entry: { id: AGENT, sessionId: SESSION, seq, kind: 'message', content, sender, timestamp: at(), metadata },
      }),
    });
  };
  const change = (cause: Change['cause'], from: Change['from'], to: Change['to'], more: Partial<Change> = {}): void => {
    const seq = items.length + 1;
    const whole: Change = { cause, from, to, by: 'system', epoch: seq, ...more };
    const entry = { id: AGENT, sessionId: SESSION, sender: 'system' as const, metadata: {}, content: cause };
    const timestamp = at();
    items.push({
      kind: 'event',
      key: `e${seq}`,
      seq,
      content: cause,
      timestamp,
      change: whole,
      entry: { ...entry, kind: 'event', seq, timestamp, change: whole },
    });
  };
  return { items, message, change };
}

const base: ChatState = {
  connection: 'online',
  phase: 'open',
  session: {
    id: SESSION,
    status: 'bot',
    agentId: null,
    agentName: null,
    createdAt: new Date(Date.now() - 15 * 60_000).toISOString(),
    closedAt: null,
  },
  items: [],
  hasMore: false,
  draft: null,
  typing: null,
  queue: null,
  seenByOther: 0,
  unread: 0,
  seen: 1_000,
  rating: null,
  ratingComment: null,
  problem: null,
};
const session = (more: Partial<NonNullable<ChatState['session']>>): Pick<ChatState, 'session'> => ({
  session: base.session === null ? null : { ...base.session, ...more },
});

function withBot() {
  const chat = log();
  chat.change('started', null, 'bot');
  chat.message('user', 'Hi! Do you ship plants to Norway, and what does it cost?');
  chat.message(
    'bot',
    'Yes, we do. Delivery to **Norway** takes 4 to 6 working days:\n\n- up to 5 kg: **€ 14**\n- up to 20 kg: **€ 29**\n- pots are packed apart, at no extra cost\n\nLive plants travel from Monday to Wednesday only, so that none spends a weekend in a depot. The details are in our [delivery guide](https://example.com/delivery).',
  );
  chat.message('user', 'And if one arrives with broken leaves?');
  chat.message('bot', 'Send us a photo within 48 hours and we replace it. You need not send anything back.');
  return chat;
}

function withWaiting() {
  const chat = withBot();
  chat.message('user', 'I would rather talk to a person about my order, please.');
  chat.change('bot_transferred', 'bot', 'waiting');
  return chat;
}

function aloneWithBot() {
  const chat = withWaiting();
  chat.message('bot', 'Nobody is online right now. I can look up the state of your order meanwhile, if you like.');
  chat.message('user', 'Why was the second parcel opened?');
  chat.message('bot', 'The fixed words.', 'seen', undefined, { noAnswer: true });
  return chat;
}

function withAgent() {
  const chat = withWaiting();
  chat.change('agent_assigned', 'waiting', 'agent', { agentId: AGENT, agentName: 'Grace Hopper' });
  chat.message(
    'agent',
    'Hello, this is Grace. I have read what you wrote: two of the leaves came broken, is that right?',
  );
  chat.message(
    'user',
    'Exactly.\nThe big monstera.\n\nOrder 4711, I took a photo: https://example.com/photos/monstera-4711',
  );
  chat.message('agent', 'Thank you, I see it. A new one leaves us on Monday.', 'seen');
  return chat;
}

/** An answer whose limit of length was used up in the middle of a list. */
function cutShort() {
  const chat = withBot();
  chat.message('user', 'And which plants do you ship?');
  chat.message('bot', 'All of these:\n\n- Monstera\n- Calathea\n- Ficus…');
  const last = chat.items.at(-1);
  if (last?.kind === 'message') {
    const { seq = 0, timestamp, content } = last;
    const entry = { id: AGENT, sessionId: SESSION, kind: 'message' as const, seq, sender: 'bot' as const };
    chat.items[chat.items.length - 1] = {
      ...last,
      entry: { ...entry, content, timestamp, metadata: { cut: 'length' } },
    };
  }
  return chat;
}

function hostile() {
  const chat = withBot();
  chat.message('user', `<script>alert(1)</script> and ${'Donaudampfschifffahrtsgesellschaft'.repeat(40)}`);
  chat.message(
    'bot',
    `I read \`<img src=x onerror=alert(1)>\` as text. [Click](javascript:alert(1)) leads nowhere, [www.bank.example](https://evil.example/login) says where it leads.\n\n\`\`\`\n${'const wide = true; '.repeat(20)}\n\`\`\`\n\n| Size | Price |\n|---|---|\n| S | € 9 |\n| L | € 19 |\n\n> ${'w'.repeat(300)}`,
  );
  return chat;
}

const longName = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6).slice(0, 200);
function longNames() {
  const chat = withWaiting();
  chat.change('agent_assigned', 'waiting', 'agent', { agentId: AGENT, agentName: longName });
  chat.message('agent', 'Hello!', 'seen', longName);
  chat.message('agent', 'w'.repeat(16_384), 'seen', longName);
  chat.message(
    'agent',
    '```\nError: at line 3\n```\nWrite to help@shop.example, the box is 30*20*10 cm.',
    'seen',
    longName,
  );
  return chat;
}

function many(count: number) {
  const chat = log();
  for (let index = 0; index < count; index += 1) {
    const bot = index % 2 === 1;
    chat.message(
      bot ? 'bot' : 'user',
      bot ? `Answer ${index}: it is **so**, and then some more words about it.` : `Question ${index}?`,
    );
  }
  return chat;
}

function failing() {
  const chat = withBot();
  chat.message('user', 'This one did not get through.', 'failed');
  return chat;
}

function refused() {
  const chat = log();
  chat.message('user', 'Hello, is anybody there?', 'failed');
  return chat;
}

function unsent() {
  const chat = withAgent();
  chat.message('user', 'I am on a train now', 'sending');
  chat.message('user', 'and there is no network in the tunnel', 'sending');
  return chat;
}

function ended() {
  const chat = withAgent();
  chat.message('user', 'Perfect, thank you!');
  chat.change('agent_closed', 'agent', 'closed', { by: 'agent', agentName: 'Grace Hopper' });
  return chat;
}

function told() {
  const chat = withAgent();
  const reason = 'Barbara knows your order: she ships the large plants.';
  chat.change('agent_transferred', 'agent', 'agent', { by: 'agent', agentName: 'Barbara Liskov', reason });
  chat.message('agent', 'Hello, Barbara here. The new monstera leaves us on Monday.', 'seen', 'Barbara Liskov');
  chat.message('user', 'Perfect, thank you!');
  chat.change('agent_closed', 'agent', 'closed', {
    by: 'agent',
    reason: `Your new plant arrives by Thursday. Write to help@shop.example if it does not.\n${'w'.repeat(120)}`,
  });
  return chat;
}

const grace = { agentId: AGENT, agentName: 'Grace Hopper' };
const answer =
  'A monstera likes **bright, indirect light** and a pot only a little wider than its roots. Water it when the top two centimetres';

/** Every state of the page that somebody should have looked at, by name. */
export const states: Readonly<Record<string, () => ChatState>> = {
  empty: () => ({ ...base, phase: 'idle', session: null }),
  connecting: () => ({ ...base, connection: 'connecting', phase: 'starting', session: null }),
  bot: () => ({ ...base, items: withBot().items }),
  typing: () => ({ ...base, items: withBot().items.slice(0, 4), typing: { sender: 'bot', name: null } }),
  cut: () => ({ ...base, items: cutShort().items }),
  streaming: () => ({
    ...base,
    items: withBot().items.slice(0, 4),
    draft: { text: answer, inReplyTo: 4, turnId: 't1' },
  }),
  waiting: () => ({
    ...base,
    ...session({ status: 'waiting' }),
    items: withWaiting().items,
    queue: {
      sessionId: SESSION,
      position: 3,
      waiting: 7,
      priority: 'normal',
      estimate: { lowSeconds: 150, highSeconds: 290 },
    },
  }),
  next: () => ({
    ...base,
    ...session({ status: 'waiting' }),
    items: withWaiting().items,
    queue: { sessionId: SESSION, position: 1, waiting: 7, priority: 'normal', estimate: null },
  }),
  asked: () => ({ ...base, ...session({ status: 'waiting' }), items: withWaiting().items }),
  alone: () => ({
    ...base,
    ...session({ status: 'waiting' }),
    items: aloneWithBot().items,
    queue: { sessionId: SESSION, position: 1, waiting: 1, priority: 'normal', estimate: null, online: false },
  }),
  agent: () => ({ ...base, ...session({ status: 'agent', ...grace }), items: withAgent().items }),
  'agent-typing': () => ({
    ...base,
    ...session({ status: 'agent', ...grace }),
    items: withAgent().items,
    typing: { sender: 'agent', name: 'Grace Hopper' },
  }),
  'long-names': () => ({
    ...base,
    ...session({ status: 'agent', agentId: AGENT, agentName: longName }),
    items: longNames().items,
    typing: { sender: 'agent', name: longName },
  }),
  hostile: () => ({ ...base, items: hostile().items }),
  failed: () => ({ ...base, items: failing().items }),
  offline: () => ({
    ...base,
    ...session({ status: 'agent', ...grace }),
    connection: 'offline',
    items: unsent().items,
  }),
  trouble: () => ({ ...base, items: withBot().items, problem: { code: 'UNAVAILABLE', message: 'Not reachable.' } }),
  refused: () => ({
    ...base,
    phase: 'idle',
    session: null,
    items: refused().items,
    problem: { code: 'FORBIDDEN', message: 'This is not for you.' },
  }),
  'earlier-chat': () => ({
    ...base,
    phase: 'idle',
    session: null,
    items: [],
    problem: { code: 'NOT_FOUND', message: 'There is no such chat.' },
  }),
  many: () => ({ ...base, items: many(500).items }),
  closed: () => ({ ...base, phase: 'closed', ...session({ status: 'closed' }), items: ended().items }),
  told: () => ({ ...base, phase: 'closed', ...session({ status: 'closed' }), items: told().items }),
  rated: () => ({ ...base, phase: 'closed', ...session({ status: 'closed' }), items: ended().items, rating: 5 }),
  commented: () => ({
    ...base,
    phase: 'closed',
    ...session({ status: 'closed' }),
    items: ended().items,
    rating: 4,
    ratingComment: 'Quick and friendly.\nThe voucher should have worked in the first place, though.',
  }),
};
