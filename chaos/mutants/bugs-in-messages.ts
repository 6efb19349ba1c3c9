import { fault, faultEvery, type SeededBug } from './seeded-bug.ts';

const APPEND = 'services/session/src/log/append-postgres.ts';
const ORDER = 'services/gateway/src/delivery/ordered-log.ts';
const BUFFER = 'packages/contracts/src/arrival/reorder-buffer.ts';
const FEED = 'services/gateway/src/delivery/feed.ts';
const CUSTOMER = 'services/gateway/src/customers/socket-events.ts';
const SENDER = 'services/gateway/src/sending/message-sender.ts';

/** So many that several send while a request is under way. */
const manyAtOnce = { customers: 30, paceMs: 20, habits: { customer: { burst: 60 } } };

export const bugsInMessages: readonly SeededBug[] = [
  {
    name: 'acknowledged before it is on disk',
    breaks: ['M1'],
    patches: [
      {
        file: 'services/session/src/platform/database-postgres.ts',
        find: `const ON_CONNECT = "SET TIME ZONE 'UTC';`,
        replace: `const ON_CONNECT = "SET TIME ZONE 'UTC'; SET synchronous_commit = off;`,
      },
    ],
    // Far enough from each other for acknowledgements to be under way again when it happens.
    faults: faultEvery(3_000, 'server killed', 'postgres', 100, 9_500),
    seconds: 10,
  },
  {
    name: 'a write that failed is acknowledged',
    breaks: ['M1'],
    patches: [
      {
        file: 'services/session/src/log/appender.ts',
        find: 'for (const { index } of due) settled[index] = error;',
        replace: `for (const { item, index } of due) settled[index] = { outcome: 'stored', id: item.id, seq: 900_000 + index, at: new Date(), senderName: null, inReplyTo: null, metadata: {}, status: 'agent', epoch: 1 } as never;`,
      },
    ],
    faults: [fault('server killed', 'postgres', 1_500, 1_000)],
  },
  {
    name: 'a timeout is mistaken for success',
    breaks: ['M1'],
    patches: [
      {
        file: SENDER,
        find: 'const now = clock();\n',
        replace: `const now = clock();
      if (attempt > 1) return items.map((item) => accept({ message: { id: item.clientMessageId, seq: 1, content: item.content }, repeated: false }) as never);\n`,
      },
    ],
    faults: [fault('all killed', 'session', 1_500, 3_500)],
  },
  {
    name: 'the client’s id is not used',
    breaks: ['M2'],
    patches: [
      {
        file: CUSTOMER,
        find: `sendMessage({ sessionId, author: { type: 'customer' }, content, clientMessageId }),`,
        replace: `sendMessage({ sessionId, author: { type: 'customer' }, content }),`,
      },
    ],
    habits: { customer: { loseAnswer: 30, repeat: 20 } },
  },
  {
    name: 'an id is taken again with another content',
    breaks: ['M2'],
    patches: [
      {
        file: APPEND,
        find: `WHEN r.id IS NOT NULL AND r.content = i.content AND`,
        replace: `WHEN r.id IS NOT NULL AND`,
      },
    ],
    habits: { customer: { probe: 20 } },
  },
  {
    name: 'a repeated start opens another chat',
    breaks: ['M2'],
    patches: [
      {
        file: CUSTOMER,
        find: 'session.create({ ...payload, userId, source,',
        replace: 'session.create({ ...payload, userId, source, startId: undefined,',
      },
    ],
    faults: faultEvery(300, 'storm of reconnects', 'clients', 0),
    habits: { customer: { end: 60 } },
  },
  {
    name: 'sends of one session run side by side',
    breaks: ['M3'],
    patches: [
      {
        file: SENDER,
        find: 'keyOf: ({ key }) => key,\n    slowAfterMs: SLOW_MS,',
        replace: 'keyOf: ({ clientMessageId }) => clientMessageId,\n    slowAfterMs: 0,',
      },
      {
        file: SENDER,
        find: 'fitting: (items) => countFitting(items, MAX_REQUEST_BYTES, bytesOf),',
        replace: 'fitting: () => 1,',
      },
    ],
    habits: { customer: { burst: 80 } },
    // What an untrusted address sends in a burst is handled little by little.
    env: { TRUSTED_NETWORKS: '127.0.0.0/8,::1/128' },
  },
  {
    name: 'a batch loses the result of one session',
    breaks: ['M1'],
    patches: [
      {
        file: SENDER,
        find: 'reply.value.replies[index] ??',
        replace: 'reply.value.replies.filter((_, at) => at !== 0)[index] ??',
      },
    ],
    ...manyAtOnce,
  },
  {
    name: 'a batch mixes the results of two sessions',
    breaks: ['M1'],
    patches: [
      {
        file: SENDER,
        find: 'reply.value.replies[index] ??',
        replace: 'reply.value.replies[appends.length - 1 - index] ??',
      },
    ],
    ...manyAtOnce,
  },
  {
    name: 'a batch reorders the messages of a session',
    breaks: ['M3'],
    patches: [
      {
        file: SENDER,
        find: 'splitByEpoch(own.filter(({ at }) => at > failed))',
        replace: 'splitByEpoch(own.filter(({ at }) => at > failed).reverse())',
      },
    ],
    habits: { customer: { burst: 80 } },
  },
  {
    name: 'no catch-up after coming back',
    breaks: ['M4', 'M5'],
    patches: [
      {
        file: FEED,
        find: 'if (state.cursor.behind) catchUp(state.cursor, subscriber.reader, left.signal);',
        replace: '',
      },
    ],
    habits: { customer: { hop: 40, loseAnswer: 20 } },
  },
  {
    name: 'a return is shown only what is new',
    breaks: ['M4', 'M5'],
    patches: [
      {
        file: CUSTOMER,
        find: 'const at = Math.min(lastSeq, resumed.lastSeq);',
        replace: 'const at = resumed.lastSeq;',
      },
    ],
    habits: { customer: { hop: 40, loseAnswer: 20 } },
  },
  {
    name: 'a return is shown one too many',
    breaks: ['M4'],
    patches: [
      {
        file: CUSTOMER,
        find: 'const at = Math.min(lastSeq, resumed.lastSeq);',
        replace: 'const at = Math.max(0, Math.min(lastSeq, resumed.lastSeq) - 1);',
      },
    ],
    habits: { customer: { hop: 40, loseAnswer: 20 } },
  },
  {
    name: 'what is published twice is shown twice',
    breaks: ['M4'],
    patches: [
      {
        file: BUFFER,
        find: 'const news = incoming.filter(({ seq }) => seq > head && !buffer.early.has(seq));',
        replace: 'const news = incoming; for (const { seq } of news) if (seq < head) head = seq - 1;',
      },
      { file: ORDER, find: 'entry.seq <= cursor.at ||', replace: '' },
    ],
    faults: [fault('messages of NATS repeated and reordered', 'live', 500, 5_000)],
  },
  {
    name: 'notifications get lost, and nothing is reconciled',
    breaks: ['M5'],
    patches: [
      {
        file: 'services/session/src/publications.ts',
        find: 'bus.publish(channels.live.entry,',
        replace: 'if (Math.random() < 0.6) bus.publish(channels.live.entry,',
      },
      {
        file: 'services/gateway/src/delivery/feeds.ts',
        find: 'const RECONCILE_MS = 4_000;',
        replace: 'const RECONCILE_MS = 3_600_000;',
      },
    ],
  },
  {
    name: 'one subscription hears every chat',
    breaks: ['leak', 'M3'],
    patches: [
      {
        file: FEED,
        find: 'channels.live,\n    { session: sessionId },',
        replace: 'channels.live,\n    {},',
      },
    ],
  },
];
