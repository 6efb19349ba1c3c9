import type { AgentChat, AgentState, QueuedSession, ViewedChat } from '@baton/client';
import { fakeAgent, fakeChat, fakeSession, fakeWait, script } from './fake-agent-client.ts';

const ada = fakeAgent('Ada Lovelace', { active: 3 });
export const colleagues = [
  ada,
  fakeAgent('Grace Hopper', { active: 2 }),
  fakeAgent('Edsger Dijkstra', { status: 'busy', active: 4 }),
  fakeAgent('Katherine Johnson', { active: 5 }),
];

const parcelBrief = {
  summary:
    'Mira ordered a standing desk on 2 March; the tracking page has shown no news since Friday. The bot explained how tracking works and offered to wait until Monday, which she declined.',
  customerWants: 'A date of delivery, or her money back.',
  tried: 'Tracking page, carrier’s hotline.',
  mood: 'upset' as const,
  language: 'en',
};

function mira(more: Partial<AgentChat> = {}): AgentChat {
  const session = fakeSession('Mira Okafor', {
    userId: 'mira.okafor@example.com',
    metadata: { name: 'Mira Okafor', plan: 'Business', page: 'https://shop.example/orders/4711', 'orders so far': 12 },
    botContext: { order: { number: '4711', carrier: 'Northway', promised: '2026-03-06' } },
  });
  const lines = script(session, 900)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .bot(
      'Hello! I am Baton’s assistant. Ask me anything about your order, or say when you would rather speak to a person.',
    )
    .user('Hi, where is my parcel? It should have been here on Friday', { after: 30 })
    .bot(
      'Order **4711** left our warehouse on 3 March. The carrier reports:\n\n1. Picked up, 3 March\n2. Sorted in Leipzig, 4 March\n3. *no news since*\n\nYou can follow it on the [tracking page](https://shop.example/track/4711).',
      { after: 4 },
    )
    .user('I know that page. It has not changed for days!!', { after: 50 })
    .user('Please let me talk to somebody', { after: 8 })
    .event({
      from: 'bot',
      to: 'waiting',
      cause: 'bot_transferred',
      by: 'bot',
      reason: 'The parcel is late and the customer is upset',
      priority: 'high',
    })
    .event(
      { from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: ada.name },
      71,
    )
    .agent('Hello Mira, this is Ada. I am sorry about the wait. I am asking the carrier right now.', {
      by: ada,
      delivery: 'seen',
      after: 15,
    })
    .user('Thank you. I need it by Thursday, we move house then', { after: 40 })
    .agent('Understood: Thursday it is. They found it: it was on the wrong truck, and comes tomorrow before noon.', {
      by: ada,
      delivery: 'seen',
      after: 95,
    })
    .user('Oh great! And if nobody is at home then?', { after: 31 });
  return fakeChat({
    session,
    items: lines.items,
    brief: parcelBrief,
    seen: lines.seq,
    notes: [
      {
        id: 'note-1',
        sessionId: session.id,
        agentId: ada.id,
        agentName: ada.name,
        content: 'Northway: parcel found on truck 12, delivery promised for tomorrow 12:00. Reference NW-88213.',
        createdAt: new Date(Date.now() - 600_000).toISOString(),
      },
    ],
    ...more,
  });
}

function tomas(): AgentChat {
  const session = fakeSession('Tomás Herrera', { metadata: { name: 'Tomás Herrera', language: 'es' } });
  const lines = script(session, 400)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .user('¿Puedo cambiar la dirección de entrega?')
    .bot('Claro, un compañero puede hacerlo por usted.')
    .event({
      from: 'bot',
      to: 'waiting',
      cause: 'customer_requested',
      by: 'user',
      reason: 'wants to change the delivery address',
    })
    .event(
      { from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: ada.name },
      30,
    )
    .agent('Hola Tomás, ¿cuál es la nueva dirección?', { by: ada, delivery: 'seen' })
    .user('Calle Mayor 8, 3.º izquierda, 28013 Madrid', { after: 60 });
  return fakeChat({ session, items: lines.items, unread: 2, seen: 6 });
}

function yuki(): AgentChat {
  const session = fakeSession('Yuki Tanaka');
  const lines = script(session, 1_400)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .user('Is the invoice already out?')
    .event({ from: 'bot', to: 'waiting', cause: 'bot_failed', by: 'system', reason: 'The bot gave no answer in time' })
    .event(
      { from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: ada.name },
      40,
    )
    .agent('It is: I have just sent it to you again.', { by: ada, delivery: 'sent', after: 100 });
  return fakeChat({ session, items: lines.items, typing: { sender: 'user', name: null }, seen: lines.seq });
}

function closed(): AgentChat {
  const session = fakeSession('Noor Haddad', { status: 'closed' });
  const lines = script(session, 2_600)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .user('My voucher does not work')
    .event({ from: 'bot', to: 'waiting', cause: 'customer_requested', by: 'user', reason: 'voucher' })
    .event(
      { from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: ada.name },
      30,
    )
    .agent('I have renewed it: SPRING-26.', { by: ada, delivery: 'seen' })
    .user('Works, thanks!')
    .event({
      from: 'agent',
      to: 'closed',
      cause: 'agent_closed',
      by: 'agent',
      reason: 'voucher renewed',
      publicReason: 'Your new voucher is valid until the end of May.',
    });
  const last = lines.items.at(-1);
  return fakeChat({
    session,
    items: lines.items,
    assignment: 'closed',
    ended: last?.kind === 'event' ? last.change : null,
    seen: lines.seq,
  });
}

const verdict = {
  score: 4,
  comment: 'Quick and friendly. The voucher should have worked in the first place, though.',
  ratedAt: new Date(Date.now() - 60_000).toISOString(),
};

export const waitingFew: QueuedSession[] = [
  fakeWait('Priya Raman', {
    waitedSeconds: 221,
    priority: 'high',
    reason: 'was charged twice and is angry',
    brief: {
      summary: 'Priya was charged twice for order 5120 and has written before, without an answer.',
      customerWants: 'The second charge back, today.',
      mood: 'angry',
      language: 'en',
    },
  }),
  fakeWait('Jonas Weber', { waitedSeconds: 94, reason: 'asks for an invoice with another address', position: 2 }),
  fakeWait(
    'visitor-7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41',
    {
      waitedSeconds: 12,
      priority: 'low',
      reason: 'would like to know whether the shop in Lyon is open on Sunday',
      position: 3,
    },
    { userId: 'visitor-7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41', metadata: {} },
  ),
];

const names = [
  'Ana',
  'Ben',
  'Chidi',
  'Dana',
  'Emre',
  'Fatou',
  'Goran',
  'Hana',
  'Ines',
  'Jun',
  'Kofi',
  'Lena',
  'Marek',
  'Nadia',
  'Omar',
  'Petra',
];
const surnames = ['Abe', 'Brandt', 'Costa', 'Diaz', 'Eriksson', 'Fischer', 'Gupta', 'Hassan', 'Ivanova', 'Jensen'];
const nameOf = (n: number) =>
  `${names[n % names.length]} ${surnames[Math.floor(n / names.length) % surnames.length]} ${n}`;

function crowdChat(n: number): AgentChat {
  const session = fakeSession(nameOf(n));
  const lines = script(session, 3_000 - n);
  lines.event({ from: null, to: 'bot', cause: 'started', by: 'user' });
  for (let line = 0; line < 60; line += 1) {
    lines.user(`Question ${line} of ${session.userId}: how does that work, and what does it cost?`);
    lines.bot(
      `Answer ${line}: it works **well**, and costs \`${line}.00\`. More on [the page](https://shop.example/${line}).`,
    );
  }
  return fakeChat({ session, items: lines.items, unread: n % 4, seen: lines.seq - (n % 4) });
}

const base: AgentState = {
  connection: 'online',
  phase: 'on',
  agent: ada,
  waiting: { sessions: waitingFew, total: waitingFew.length, timestamp: new Date().toISOString() },
  chats: new Map(),
  problem: null,
};
const holding = (...chats: AgentChat[]) => new Map(chats.map((chat) => [chat.sessionId, chat]));
const nobody = { sessions: [], total: 0, timestamp: new Date().toISOString() };

const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
function hostile(): AgentChat {
  const session = fakeSession(word, {
    metadata: {
      name: word,
      page: 'javascript:alert(1)',
      html: '<img src=x onerror=alert(1)>',
      nested: { a: [1, 2, { b: word }] },
    },
  });
  const lines = script(session, 500)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .user(
      '<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) https://shop.example/a?b=c&d=e',
    )
    .bot(
      '<b>bold?</b> [click](javascript:alert(4)) [good](https://shop.example) `<i>code</i>`\n\n```html\n<script>alert(5)</script>\n```\n\n| a | b |\n|---|---|\n| 1 | <u>2</u> |',
    )
    .user(word.repeat(200))
    .event({ from: 'bot', to: 'waiting', cause: 'customer_requested', by: 'user', reason: word.repeat(4) })
    .event({ from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: ada.name })
    .user('مرحبا، أين طردي؟ 你好 👩🏽‍🚀');
  return fakeChat({
    session,
    items: lines.items,
    brief: { summary: `<b>${word.repeat(3)}</b>`, mood: 'angry' },
    seen: lines.seq,
  });
}

const longName = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6).slice(0, 200);
const longAgent = { ...ada, name: longName };
function longNames(): AgentChat {
  const session = fakeSession(longName, { metadata: { name: longName } });
  const lines = script(session, 500)
    .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
    .user('Hello')
    .event({ from: 'bot', to: 'waiting', cause: 'customer_requested', by: 'user', reason: longName })
    .event({ from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: ada.id, agentName: longName })
    .agent('Hello, what can I do for you?', { by: longAgent, delivery: 'seen' })
    .user(`${longName} ${'w'.repeat(16_000)}`);
  return fakeChat({ session, items: lines.items, seen: lines.seq, typing: { sender: 'user', name: longName } });
}

export interface Scene {
  state: AgentState;
  /** Chosen when it opens: a chat by its place, or one who waits. */
  open?: { kind: 'chat' | 'waiting'; sessionId: string };
  /** Shown in the transcript while it grows. */
  pane?: 'lists' | 'conversation' | 'details';
  /** Half a reply to the chat that is open. */
  draft?: string;
}

/** What the server shows of those who wait, by session. */
export const views: ReadonlyMap<string, ViewedChat> = new Map(
  waitingFew.slice(0, 2).map(({ queueInfo, ...session }) => {
    const { items } = script(session, 500)
      .event({ from: null, to: 'bot', cause: 'started', by: 'user' })
      .user('You charged me twice!')
      .bot('I am sorry. I can see order **5120**, and two charges of 49.00.')
      .user('Then give one of them back. I have written before')
      .event({ from: 'bot', to: 'waiting', cause: 'customer_requested', by: 'user' });
    const messages = items.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    return [
      session.id,
      { session: { ...session, messages, hasMore: false, brief: queueInfo.brief, notes: [] }, wait: queueInfo },
    ];
  }),
);

const at = (kind: 'chat' | 'waiting', sessionId: string) => ({ kind, sessionId });
const streaming = mira({
  draft: { text: 'Your parcel can be left with a **neighbour**, or at one of', inReplyTo: 12, turnId: 'turn' },
  typing: { sender: 'user', name: null },
});
const failed = mira();
const failing: AgentChat = {
  ...failed,
  items: [
    ...failed.items,
    {
      kind: 'message',
      key: 'own-f',
      own: true,
      sender: 'agent',
      senderName: ada.name,
      content: 'Then they leave it with a neighbour.',
      timestamp: new Date().toISOString(),
      delivery: 'failed',
      problem: { code: 'RATE_LIMITED', message: 'Too many messages at once; slow down.' },
      clientMessageId: 'own-f',
    },
  ],
};
const offlineChat = mira();
const offlineSending: AgentChat = {
  ...offlineChat,
  items: [
    ...offlineChat.items,
    {
      kind: 'message',
      key: 'own-s',
      own: true,
      sender: 'agent',
      senderName: ada.name,
      content: 'Then they leave it with a neighbour. Is that all right?',
      timestamp: new Date().toISOString(),
      delivery: 'sending',
      clientMessageId: 'own-s',
    },
  ],
};

/** Every state that the console can be seen in, by name. */
export const scenes: Record<string, () => Scene> = {
  'signed-out': () => ({ state: { ...base, phase: 'off', agent: null, waiting: nobody } }),
  'wrong-key': () => ({
    state: {
      ...base,
      phase: 'off',
      agent: null,
      waiting: nobody,
      problem: { code: 'UNAUTHENTICATED', message: 'The key for agents is missing or wrong.' },
    },
  }),
  elsewhere: () => ({
    state: {
      ...base,
      phase: 'off',
      agent: null,
      waiting: nobody,
      problem: { code: 'FORBIDDEN', message: 'elsewhere' },
    },
  }),
  empty: () => ({ state: { ...base, waiting: nobody, agent: { ...ada, active: 0 } } }),
  waiting: () => ({
    state: { ...base, agent: { ...ada, active: 0 } },
    open: at('waiting', waitingFew[0]?.id ?? ''),
    pane: 'conversation',
  }),
  full: () => ({
    state: { ...base, agent: { ...ada, active: 5 }, chats: holding(mira(), tomas()) },
    open: at('waiting', waitingFew[0]?.id ?? ''),
    pane: 'conversation',
  }),
  taken: () => ({
    state: { ...base, waiting: { ...base.waiting, sessions: waitingFew.slice(0, 2), total: 2 } },
    open: at('chat', waitingFew[2]?.id ?? ''),
    pane: 'conversation',
  }),
  'half-written': () => ({
    state: { ...base, chats: holding(closed(), mira()) },
    open: at('chat', closed().sessionId),
    pane: 'conversation',
    draft: 'One more thing: the invoice has the new address now, and',
  }),
  lists: () => ({ state: { ...base, chats: holding(mira(), tomas(), yuki(), closed()) }, pane: 'lists' }),
  chat: () => ({
    state: { ...base, chats: holding(mira(), tomas(), yuki(), closed()) },
    open: at('chat', mira().sessionId),
    pane: 'conversation',
  }),
  details: () => ({
    state: { ...base, chats: holding(mira(), tomas(), yuki(), closed()) },
    open: at('chat', mira().sessionId),
    pane: 'details',
  }),
  streaming: () => ({
    state: { ...base, chats: holding(streaming, tomas(), yuki()) },
    open: at('chat', streaming.sessionId),
    pane: 'conversation',
  }),
  failed: () => ({
    state: { ...base, chats: holding(failing, tomas()) },
    open: at('chat', failing.sessionId),
    pane: 'conversation',
  }),
  offline: () => ({
    state: { ...base, connection: 'offline', chats: holding(offlineSending, tomas(), yuki()) },
    open: at('chat', offlineSending.sessionId),
    pane: 'conversation',
  }),
  closed: () => ({
    state: { ...base, chats: holding(closed(), mira()) },
    open: at('chat', closed().sessionId),
    pane: 'conversation',
  }),
  away: () => ({
    state: {
      ...base,
      chats: holding({ ...mira(), customerAway: true }, { ...yuki(), customerAway: true, typing: null }),
    },
    open: at('chat', mira().sessionId),
    pane: 'conversation',
  }),
  rated: () => ({
    state: { ...base, chats: holding({ ...closed(), rating: verdict }, mira()) },
    open: at('chat', closed().sessionId),
    pane: 'conversation',
  }),
  hostile: () => ({
    state: { ...base, chats: holding(hostile(), mira()) },
    open: at('chat', hostile().sessionId),
    pane: 'conversation',
  }),
  'long-names': () => ({
    state: { ...base, agent: longAgent, chats: holding(longNames(), mira()) },
    open: at('chat', longNames().sessionId),
    pane: 'conversation',
  }),
  crowd: () => {
    const chats = Array.from({ length: 50 }, (_, n) => crowdChat(n));
    const sessions = Array.from({ length: 1_000 }, (_, n) =>
      fakeWait(nameOf(n + 50), {
        waitedSeconds: 4_000 - n * 3,
        position: n + 1,
        priority: n < 40 ? 'high' : n < 900 ? 'normal' : 'low',
        reason: `reason ${n}: cannot find the order in the list`,
      }),
    );
    return {
      state: {
        ...base,
        agent: { ...ada, active: 50, capacity: 60 },
        chats: holding(...chats),
        waiting: { sessions, total: 1_000, timestamp: new Date().toISOString() },
      },
      open: at('chat', chats[3]?.sessionId ?? ''),
      pane: 'conversation',
    };
  },
};
