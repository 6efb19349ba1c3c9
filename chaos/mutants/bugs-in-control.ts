import { fault, manyWait, type SeededBug } from './seeded-bug.ts';

const APPEND = 'services/session/src/log/append-postgres.ts';
const CONTROL = 'services/session/src/control/store-postgres.ts';
const STAND_IN = 'services/session/src/turns/stand-in-store-postgres.ts';

export const bugsInControl: readonly SeededBug[] = [
  {
    name: 'no epoch check',
    breaks: ['C2'],
    patches: [{ file: APPEND, find: `WHEN i.epoch <> s.epoch THEN 'STALE_EPOCH'`, replace: '' }],
    agents: 1,
    customers: 3,
    seconds: 10,
    habits: { customer: manyWait, agent: { say: 30, late: 80, toQueue: 20, pickUpNext: 60 } },
  },
  {
    name: 'no look at who holds the chat',
    breaks: ['C2'],
    patches: [
      {
        file: APPEND,
        find: `WHEN i.sender = 'agent' AND s.assigned_agent IS DISTINCT FROM i.agent_id THEN 'NOT_ASSIGNED'`,
        replace: '',
      },
    ],
    seconds: 8,
    habits: { customer: manyWait, agent: { late: 40, toQueue: 20, toColleague: 10 } },
  },
  {
    name: 'no epoch check of a lone message',
    breaks: ['C2'],
    patches: [{ file: APPEND, find: '($4::int IS NULL OR s.epoch = $4)', replace: '($4::int IS NULL OR true)' }],
    agents: 1,
    customers: 3,
    seconds: 10,
    habits: { customer: manyWait, agent: { say: 30, late: 80, toQueue: 20, pickUpNext: 60 } },
  },
  {
    name: 'no look at who holds the chat, of a lone message',
    breaks: ['C2'],
    patches: [
      {
        file: APPEND,
        find: `(s.status = 'agent' AND s.assigned_agent = $3)`,
        replace: '$3::text IS NOT NULL',
      },
    ],
    seconds: 8,
    habits: { customer: manyWait, agent: { late: 40, toQueue: 20, toColleague: 10 } },
  },
  {
    name: 'the bot talks over a human',
    breaks: ['C2'],
    patches: [
      { file: APPEND, find: `WHEN i.sender = 'bot' AND NOT s.answers THEN 'STALE_EPOCH'`, replace: '' },
      { file: APPEND, find: `WHEN i.epoch <> s.epoch THEN 'STALE_EPOCH'`, replace: '' },
      {
        file: 'services/ai/src/turns/machine/machine.ts',
        find: `return epoch > turn.pending.epoch ? conclude({ kind: 'drop', why: 'control_moved' }) : stay(turn);`,
        replace: 'return stay(turn);',
      },
    ],
    // Long enough for agents to be known to be online: until then the bot may answer who waits.
    seconds: 14,
    faults: [fault('model', 'slow-first-token-1000', 0, 13_500)],
    habits: { customer: { askForHuman: 60 } },
  },
  {
    name: 'the bot stands in beside agents',
    breaks: ['C2'],
    patches: [
      { file: STAND_IN, find: `AND NOT \${AN_AGENT_IS_ONLINE}`, replace: '' },
      { file: STAND_IN, find: `s.status = 'waiting' AND \${AN_AGENT_IS_ONLINE}`, replace: 'false' },
    ],
    agents: 1,
    seconds: 10,
    habits: { customer: manyWait, agent: { pickUpNext: 0.1, pickUpNamed: 0.1, pickUpMany: 0.1 } },
  },
  {
    name: 'a closed chat takes more',
    breaks: ['C2'],
    patches: [
      { file: APPEND, find: `WHEN s.status = 'closed' THEN 'SESSION_CLOSED'`, replace: '' },
      {
        file: APPEND,
        find: `WHEN i.sender = 'agent' AND s.assigned_agent IS DISTINCT FROM i.agent_id THEN 'NOT_ASSIGNED'`,
        replace: '',
      },
    ],
    habits: { customer: { burst: 60, ...manyWait }, agent: { close: 40, late: 30 } },
  },
  {
    name: 'a change of control keeps the epoch',
    breaks: ['C2', 'C3'],
    patches: [
      { file: CONTROL, find: 'epoch = a.old_epoch + a.raised, last_seq', replace: 'epoch = a.old_epoch, last_seq' },
    ],
    habits: { customer: manyWait },
  },
  {
    name: 'a change is made whatever has changed since',
    breaks: ['C1', 'C2', 'C3', 'C4', 'Q2'],
    patches: [{ file: CONTROL, find: 'WHERE s.epoch = c.epoch', replace: 'WHERE true' }],
    agents: 6,
    customers: 6,
    habits: { customer: manyWait, agent: { pickUpNamed: 80, toQueue: 30, say: 5 } },
  },
  {
    name: 'capacity is looked at outside the claim',
    breaks: ['C4'],
    patches: [
      { file: CONTROL, find: `g.status <> 'offline' AND g.active < g.capacity`, replace: `g.status <> 'offline'` },
    ],
    agents: 3,
    capacity: 1,
    customers: 14,
    habits: { customer: manyWait, agent: { pickUpMany: 80, toQueue: 30, say: 5 } },
  },
  {
    name: 'what an agent gives back still counts',
    breaks: ['C4'],
    patches: [
      { file: CONTROL, find: 'UNION ALL SELECT released, -1 FROM allowed WHERE released IS NOT NULL', replace: '' },
    ],
    habits: { customer: manyWait, agent: { toQueue: 30 } },
  },
];
