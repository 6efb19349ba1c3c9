import { fault, faultEvery, manyWait, type Patch, type SeededBug } from './seeded-bug.ts';

const CUSTOMER = 'services/gateway/src/customers/socket-events.ts';
/** Nothing reconciles the queue: not in time, and not when it is found empty. */
const noComparing: readonly Patch[] = [
  {
    file: 'services/queue/src/queue/reconcile.ts',
    find: 'isDue,\n    async run',
    replace: 'isDue: () => false,\n    async run',
  },
  { file: 'services/queue/src/queue/reconcile.ts', find: 'now: reconcile,', replace: 'now: async () => {},' },
];
const onlyTalk = {
  pickUpNext: 5,
  pickUpNamed: 0,
  pickUpMany: 0,
  toQueue: 0,
  toBot: 0,
  toColleague: 0,
  close: 0,
  late: 0,
};

export const bugsInQueueAndBot: readonly SeededBug[] = [
  {
    name: 'bare pop',
    breaks: ['Q2'],
    patches: [
      {
        file: 'services/queue/src/claims/scripts/reserve.lua',
        find: 'reserved[index], agents[index], items[index], agent_of[id] = id, agent, item, agent',
        replace: `reserved[index], agents[index], items[index], agent_of[id] = id, agent, item, agent
  for key = 1, 3 do redis.call('ZREM', KEYS[key], id) end
  redis.call('HDEL', KEYS[4], id)`,
      },
      ...noComparing,
    ],
    capacity: 1,
    habits: { customer: manyWait, agent: { pickUpMany: 40, say: 5 } },
  },
  {
    name: 'a lost queue is not noticed',
    breaks: ['Q2'],
    patches: noComparing,
    agents: 1,
    capacity: 1,
    faults: [fault('data flushed', 'redis', 4_000, 0)],
    habits: { customer: manyWait, agent: { pickUpMany: 0, pickUpNamed: 0 } },
  },
  {
    name: 'the event that somebody waits is ignored, and nobody compares',
    breaks: ['Q2'],
    patches: [
      {
        file: 'services/queue/src/queue/subscriptions.ts',
        find: `if (to === 'waiting') await enqueue(sessionId);`,
        replace: '',
      },
      { file: CUSTOMER, find: 'await enqueue(reply.value.session, reply.value.wait);', replace: '' },
      ...noComparing,
    ],
    agents: 1,
    capacity: 1,
    habits: { customer: manyWait },
  },
  {
    name: 'the newest is served first',
    breaks: ['Q1'],
    patches: [
      {
        file: 'services/queue/src/queue/scripts/queue.lua',
        find: `redis.call('ZRANGE', KEYS[list], offset[list]`,
        replace: `redis.call('ZREVRANGE', KEYS[list], offset[list]`,
      },
    ],
    agents: 1,
    capacity: 1,
    habits: { customer: manyWait },
  },
  {
    name: 'who comes back to the queue starts at its end',
    breaks: ['Q3'],
    patches: [
      {
        file: 'services/session/src/control/changes.ts',
        find: 'requestedAt: before?.requestedAt ?? null,',
        replace: 'requestedAt: null,',
      },
    ],
    habits: { customer: manyWait, agent: { toQueue: 30 } },
  },
  {
    name: 'an agent who vanished keeps its chats',
    breaks: ['Q3'],
    patches: [
      {
        file: 'services/queue/src/presence/reconcile.ts',
        find: 'for (const { agentId, seen } of await presence.vanished(online, graceMs)) await release(agentId, seen);',
        replace: 'if (online.length < 0) await release("", "");',
      },
    ],
    agents: 2,
    habits: { customer: manyWait, agent: onlyTalk },
  },
  {
    name: 'the lock on giving out work outlives who had it',
    breaks: ['Q5'],
    patches: [
      {
        file: 'services/queue/src/claims/auto-assign.ts',
        find: 'const LOCK_MS = 2_500;',
        replace: 'const LOCK_MS = 3_600_000;',
      },
    ],
    autoAssign: true,
    faults: [fault('all killed', 'queue', 1_500, 500)],
    habits: { customer: manyWait, agent: { ...onlyTalk, pickUpNext: 0, toQueue: 5, vanish: 0 } },
  },
  {
    name: 'an answer does not say what it answers',
    breaks: ['A1', 'A2'],
    patches: [
      {
        file: 'services/ai/src/turns/write-conclusion.ts',
        find: `await append(text, { inReplyTo: answered, metadata }), 'answered'`,
        replace: `await append(text, { metadata }), 'answered'`,
      },
    ],
    // A customer who goes on writing lets the bot begin anew.
    paceMs: 400,
    habits: { customer: { askForHuman: 0.1 } },
  },
  {
    name: 'a message to the bot is forgotten',
    breaks: ['A1'],
    patches: [
      {
        file: 'services/ai/src/turns/subscriptions.ts',
        find: '({ sessionId, source }) => scheduler.schedule(sessionId, source)',
        replace: '() => {}',
      },
      {
        file: 'services/ai/src/turns/reconcile.ts',
        find: 'for (const { sessionId, source } of reply.value.sessions) scheduler.schedule(sessionId, source);',
        replace: '',
      },
      {
        file: 'services/session/src/turns/overdue.ts',
        find: 'const overdue = await store.findOverdue(deadlineMs, BATCH_SIZE);',
        replace: 'const overdue = (await store.findOverdue(deadlineMs, BATCH_SIZE)).slice(0, 0);',
      },
    ],
    customers: 5,
    agents: 1,
    // While a customer goes on writing, the turn that is under way looks again by itself: this takes pauses.
    paceMs: 1_500,
    habits: { customer: { askForHuman: 0.1, burst: 0 }, agent: { toBot: 0 } },
  },
  {
    name: 'a handoff without a brief',
    breaks: ['A3'],
    patches: [
      {
        file: 'services/ai/src/turns/write-conclusion.ts',
        find: 'session.transfer({ sessionId, cause, reason, priority, brief, epoch })',
        replace: 'session.transfer({ sessionId, cause, reason, priority, epoch })',
      },
    ],
    faults: [fault('model', 'two-tool-calls', 0, 5_000)],
  },
  {
    name: 'the end of Redis is the end of the process',
    breaks: ['exit'],
    patches: [
      {
        file: 'services/queue/src/platform/connection-redis.ts',
        find: `redis.on('error', (error: Error) => {`,
        replace: `redis.on('error', (error: Error) => {\n    process.exit(1);`,
      },
    ],
    faults: faultEvery(500, 'link reset', 'queue→redis', 0, 3_000),
    seconds: 3,
  },
  {
    name: 'silence of a service is a fault of ours',
    breaks: ['answer'],
    patches: [
      {
        file: 'packages/runtime/src/nats/caller.ts',
        find: `if (answer === 'none in time')`,
        replace: `if (answer === 'none in time') throw new Error('silence');\n      if (answer === 'none in time')`,
      },
    ],
    faults: [fault('link silent both ways', 'session→postgres', 1_500, 6_000)],
    seconds: 8,
  },
];
