import { expect, it } from 'vitest';
import { change, event, first, type HandMade, message, rulesBroken } from './test/hand-made.ts';

const entry = ({ ledger }: HandMade, seq: number) =>
  first(ledger.entries, (one) => one.sessionId === 's1' && one.seq === seq);
const send = ({ history }: HandMade, id: string) =>
  first(history.sends, ({ clientMessageId }) => clientMessageId === id);
const session = ({ ledger }: HandMade, id: string) => first(ledger.sessions, (one) => one.id === id);
const shown = ({ history }: HandMade, seq: number) =>
  first(history.shown, (one) => one.view === 'v1' && one.seq === seq);

/** Eve, who waits, has written, and the bot has answered. */
function answersWhoWaits({ ledger, history }: HandMade): void {
  const asked = message(3, { at: 30_000 }, 's2');
  const answer = { sender: 'bot', clientMessageId: 'turn:3', inReplyTo: 3, at: 31_000 } as const;
  const entries = [asked, message(4, answer, 's2')];
  ledger.entries.push(...entries);
  history.shown.push(...entries.map(({ seq, id, content, at }) => ({ view: 'v2', seq, id, content, at })));
  first(ledger.sessions, ({ id }) => id === 's2').lastSeq = 4;
}

const broken: [promise: string, what: string, rules: string[], spoil: (made: HandMade) => void][] = [
  [
    'C1',
    'the bot took it from an agent',
    ['C1'],
    (made) => {
      made.ledger.entries.splice(7, 0, event(8, change('agent', 'bot', 4)));
      Object.assign(session(made, 's1'), { lastSeq: 8, status: 'bot', assignedAgent: null, epoch: 4 });
      first(made.ledger.agents, () => true).active = 0;
      made.history.shown.push({ view: 'v1', seq: 8, content: 'change 8', at: 800 });
    },
  ],
  [
    'C2',
    'an epoch was left out',
    ['C2', 'C4'],
    (made) => {
      entry(made, 5).change = change('waiting', 'agent', 4, { agentId: 'bob' });
      session(made, 's1').epoch = 4;
    },
  ],
  [
    'C2',
    'the bot wrote while a human had it',
    ['C2'],
    (made) => {
      Object.assign(entry(made, 7), { sender: 'bot', inReplyTo: 6, clientMessageId: 'turn:6' });
      made.history.sends = made.history.sends.filter(({ client }) => client !== 'bob');
    },
  ],
  [
    'C2',
    'the bot wrote to one who waits, beside an agent',
    ['C2'],
    (made) => {
      answersWhoWaits(made);
      made.history.signIns.push({ client: 'bob', from: 0 });
    },
  ],
  [
    'C2',
    'another agent wrote',
    ['C2'],
    (made) => {
      entry(made, 7).senderId = 'mallory';
    },
  ],
  [
    'C2',
    'somebody wrote after the end',
    ['C2', 'C4'],
    (made) => {
      entry(made, 5).change = change('waiting', 'closed', 3);
      Object.assign(session(made, 's1'), { status: 'closed' });
    },
  ],
  [
    'C2',
    'a write for an older epoch was accepted',
    ['C2'],
    (made) => {
      send(made, 'm7').epoch = 2;
    },
  ],
  [
    'C3',
    'control has changed without an entry',
    ['C3'],
    (made) => {
      session(made, 's1').epoch = 4;
    },
  ],
  [
    'C3',
    'a change goes on from another state',
    ['C3'],
    (made) => {
      entry(made, 5).change = change('bot', 'agent', 3, { agentId: 'bob' });
    },
  ],
  [
    'C4',
    'an agent held more than it may',
    ['C4'],
    (made) => {
      first(made.ledger.agents, () => true).capacity = 0;
    },
  ],
  [
    'C4',
    'an agent is said to hold another number',
    ['C4'],
    (made) => {
      first(made.ledger.agents, () => true).active = 2;
    },
  ],
  [
    'C4',
    'two were told that they have it',
    ['C4'],
    ({ history }) =>
      history.assignments.push({ client: 'mallory', agentId: 'mallory', sessionId: 's1', epoch: 3, at: 520 }),
  ],
  [
    'Q1',
    'the queue was given out in another order',
    ['Q1'],
    (made) => {
      made.history.drained = ['s1', 's2'];
      made.ledger.entries.push(event(3, change('waiting', 'agent', 3, { agentId: 'last' }), 's2'));
      Object.assign(session(made, 's2'), { status: 'agent', assignedAgent: 'last', epoch: 3, lastSeq: 3 });
      made.ledger.agents.push({ id: 'last', status: 'available', capacity: 9, active: 1 });
      first(made.ledger.waits, ({ isActive }) => isActive).isActive = false;
      made.ledger.queue = [];
      made.history.shown.push({ view: 'v2', seq: 3, content: 'change 3', at: 305 });
    },
  ],
  [
    'Q2',
    'who waits is not in the queue',
    ['Q2'],
    ({ ledger }) => {
      ledger.queue = [];
    },
  ],
  [
    'Q2',
    'who is in the queue does not wait',
    ['Q2'],
    ({ ledger }) => ledger.queue.push({ sessionId: 's1', priority: 'normal', startMs: 400 }),
  ],
  [
    'Q2',
    'it stands at another place',
    ['Q2'],
    ({ ledger }) => {
      first(ledger.queue, () => true).startMs = 999;
    },
  ],
  [
    'Q2',
    'it took too long after healing',
    ['Q2'],
    ({ history }) => {
      history.queueMatchedMs = 9_000;
    },
  ],
  [
    'Q2',
    'the queue never matched the record',
    ['Q2'],
    ({ history }) => {
      delete history.queueMatchedMs;
    },
  ],
  [
    'Q3',
    'a vanished agent has kept its chat',
    ['Q3'],
    ({ history }) => history.departed.push({ agentId: 'bob', at: 2_000 }),
  ],
  [
    'Q5',
    'a chat waits beside an idle agent',
    ['Q5'],
    ({ history, ledger }) => {
      history.autoAssign = true;
      ledger.agents.push({ id: 'idle', status: 'available', capacity: 3, active: 0 });
    },
  ],
  [
    'A1',
    'the bot left a customer alone',
    ['A1'],
    (made) => {
      entry(made, 2).at = 200;
      for (let seq = 3; seq <= 7; seq++) entry(made, seq).at += 40_000;
      made.ledger.entries = made.ledger.entries.filter((one) => one !== entry(made, 3));
      made.ledger.entries.splice(2, 0, message(3));
      for (const one of made.ledger.entries) if (one.sessionId === 's1' && one.seq > 3) one.at = 40_000 + one.seq;
      made.history.healedAt = 50_000;
      Object.assign(shown(made, 3), { content: 'words s1 3' });
    },
  ],
  [
    'A2',
    'an entry was answered twice',
    ['A2'],
    (made) => {
      for (const one of made.ledger.entries)
        if (one.sessionId === 's1' && one.seq > 3) {
          one.seq += 1;
          one.id = `s1-${one.seq}`;
        }
      made.ledger.entries.splice(3, 0, message(4, { sender: 'bot', clientMessageId: 'turn:x', inReplyTo: 2, at: 350 }));
      session(made, 's1').lastSeq = 8;
      made.history.sends = made.history.sends.slice(0, 1);
      made.history.views = [];
      made.history.shown = [];
    },
  ],
  [
    'A2',
    'an answer answers nothing',
    ['A2'],
    (made) => {
      entry(made, 3).inReplyTo = null;
    },
  ],
  [
    'A3',
    'a handoff was promised and not made',
    ['A3'],
    (made) => {
      for (const seq of [4, 5, 6, 7])
        made.ledger.entries = made.ledger.entries.filter((one) => one.sessionId !== 's1' || one.seq !== seq);
      Object.assign(entry(made, 3), { handoff: true, inReplyTo: null });
      Object.assign(session(made, 's1'), { status: 'bot', epoch: 1, lastSeq: 3, assignedAgent: null });
      entry(made, 2).at = 55_000;
      entry(made, 3).at = 56_000;
      entry(made, 3).at = 56_000;
      made.history.endedAt = 90_000;
      made.history.faults.push({
        kind: 'tables locked',
        target: 'postgres',
        at: 55_000,
        healedAt: 90_000,
        recoveredMs: 0,
      });
      made.history.sends = made.history.sends.slice(0, 1);
      made.history.assignments = [];
      first(made.ledger.agents, () => true).active = 0;
      made.ledger.waits.shift();
      made.history.views.shift();
      made.history.shown = made.history.shown.slice(-1);
    },
  ],
  [
    'A3',
    'the bot handed off without a brief',
    ['A3'],
    (made) => {
      entry(made, 4).change = change('bot', 'waiting', 2, { cause: 'bot_transferred' });
    },
  ],
  [
    'S1',
    'somebody holds a chat of another',
    ['leak'],
    (made) => {
      session(made, 's2').userId = 'somebody-else';
    },
  ],
  [
    'S1',
    'somebody was shown an entry of another chat',
    ['leak'],
    (made) => {
      shown(made, 6).id = 's2-1';
    },
  ],
  [
    'S1',
    'somebody heard of a chat that it never had',
    ['leak'],
    ({ history }) => history.strays.push({ client: 'ada', event: 'message:received', sessionId: 's2', at: 900 }),
  ],
  [
    'O2',
    'a process ended by itself',
    ['exit'],
    ({ history }) => history.unexpectedExits.push({ service: 'queue-1', how: 'with code 1' }),
  ],
  [
    'O2',
    'a send was never answered',
    ['O2'],
    (made) => {
      send(made, 'm2').told = [{ ok: false, at: 300, code: 'LOST' }];
    },
  ],
  [
    'S2',
    'a refusal had no code of the list',
    ['answer'],
    ({ history }) => history.answers.push({ client: 'ada', event: 'typing', at: 900, ok: false, code: 'NO_CODE' }),
  ],
  [
    'S2',
    'a fault of ours was told',
    ['answer'],
    ({ history }) => history.answers.push({ client: 'ada', event: 'typing', at: 900, ok: false, code: 'INTERNAL' }),
  ],
];

it.each(broken)('[%s] %s', (_promise, _what, rules, spoil) => {
  expect(rulesBroken(spoil)).toEqual(rules);
});

it('[C2] lets the bot answer who waits while no agent is online, and for a moment after one is', () => {
  const signIns = [
    { client: 'bob', from: 1_000, to: 20_000 },
    { client: 'bob', from: 30_500 },
  ];
  const rules = rulesBroken((made) => {
    answersWhoWaits(made);
    made.history.signIns.push(...signIns);
  });
  expect(rules).toEqual([]);
});
