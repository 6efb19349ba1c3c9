import {
  type Agent,
  changeCause,
  PLAIN_REQUEST,
  type Session,
  type SessionStatus,
  transitions,
} from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { decideAssign, decideCancel, decideClose, decideRelease, decideRequeue, decideTransfer } from './decisions.ts';
import { sentence } from './sentences.ts';
import { decideAbandonment, decideExpiry, decideNobodyCame, decideOverdue, decideStatus } from './system-decisions.ts';
import type { ControlChange, SessionView } from './view.ts';

const agent = (id: string, more: Partial<Agent> = {}): Agent => ({
  id,
  socketId: null,
  name: id,
  status: 'available',
  capacity: 2,
  active: 1,
  joinedAt: '2026-01-01T00:00:00.000Z',
  lastActiveAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const agents = new Map(
  [agent('Ann'), agent('Bob'), agent('Full', { active: 2 }), agent('Off', { status: 'offline' })].map((one) => [
    one.id,
    one,
  ]),
);

function view(status: SessionStatus, more: Partial<SessionView> & { session?: Partial<Session> } = {}): SessionView {
  const held =
    status === 'agent' ? { assignedAgent: 'Ann', agentName: 'Ann' } : { assignedAgent: null, agentName: null };
  return {
    unansweredSeq: null,
    unansweredSince: null,
    standInSince: null,
    newestMessage: { seq: 8, sender: 'user' },
    waitingOfSource: null,
    lastWait: {
      reason: 'a refund',
      priority: 'high',
      requestedAt: '2026-01-01T00:01:00.000Z',
      brief: { summary: 's' },
      metadata: { tier: 'gold' },
    },
    ...more,
    session: {
      id: 'chat',
      userId: 'u',
      status,
      ...held,
      botContext: null,
      metadata: {},
      epoch: 5,
      lastSeq: 9,
      waitingSince: null,
      closedAt: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:02:00.000Z',
      ...more.session,
    },
  };
}

/** Every decision, with a request that succeeds in the right state. */
const decisions: Record<string, (it: SessionView) => { kind: string; change?: ControlChange }> = {
  transfer: (it) =>
    decideTransfer(it, { sessionId: 'chat', cause: 'bot_transferred', reason: 'r', priority: 'low', epoch: 5 }),
  cancel: (it) => decideCancel(it, { cause: 'customer_cancelled' }),
  assign: (it) => decideAssign(it, agents, { sessionId: 'chat', agentId: 'Bob' }),
  'release to the queue': (it) =>
    decideRelease(it, agents, { sessionId: 'chat', agentId: 'Ann', to: { type: 'queue' }, reason: 'r' }),
  'release to the bot': (it) =>
    decideRelease(it, agents, { sessionId: 'chat', agentId: 'Ann', to: { type: 'bot' }, reason: 'r' }),
  'release to an agent': (it) =>
    decideRelease(it, agents, {
      sessionId: 'chat',
      agentId: 'Ann',
      to: { type: 'agent', agentId: 'Bob' },
      reason: 'r',
    }),
  close: (it) => decideClose(it, { sessionId: 'chat', by: 'user' }),
  vanish: (it) => decideRequeue(it, { agentId: 'Ann', cause: 'agent_vanished', by: 'system', reason: 'r' }),
  overdue: (it) =>
    decideOverdue({ ...it, unansweredSince: '2026-01-01T00:00:00.000Z' }, '2026-01-01T00:00:01.000Z', null),
  expiry: (it) => decideExpiry(it, '2026-01-02T00:00:00.000Z'),
  'nobody came': (it) =>
    decideNobodyCame({ ...it, standInSince: '2026-01-01T00:00:00.000Z' }, '2026-01-01T00:00:01.000Z'),
  abandonment: (it) => decideAbandonment(it, '2026-01-02T00:00:00.000Z'),
  'to bot': (it) => decideStatus(it, agents, { sessionId: 'chat', status: 'bot' }),
  'to waiting': (it) => decideStatus(it, agents, { sessionId: 'chat', status: 'waiting' }),
  'to agent': (it) => decideStatus(it, agents, { sessionId: 'chat', status: 'agent', agentId: 'Bob' }),
  'to closed': (it) => decideStatus(it, agents, { sessionId: 'chat', status: 'closed' }),
};
const states = ['bot', 'waiting', 'agent', 'closed'] as const;
const every = Object.entries(decisions).flatMap(([name, decide]) => states.map((state) => ({ name, state, decide })));

describe('[C1] every decision, in every state', () => {
  it.each(every)('$name of $state leads along permitted changes only', ({ decide, state }) => {
    const { kind, change } = decide(view(state));
    if (kind !== 'change' || change === undefined) return;
    let at: SessionStatus = state;
    for (const { change: one, content } of change.steps) {
      expect(one.from).toBe(at);
      expect(transitions[at]).toContain(one.to);
      expect(content).not.toMatch(/undefined|null/);
      at = one.to;
    }
    expect(at).toBe(change.to);
    expect(change.epoch).toBe(5);
    expect(change.assignee === null).toBe(change.to !== 'agent');
    expect(change.released).toBe(state === 'agent' ? 'Ann' : null);
    expect(change.wait === null).toBe(change.to !== 'waiting');
  });

  it('nothing leads out of closed', () => {
    for (const decide of Object.values(decisions)) expect(decide(view('closed')).kind).not.toBe('change');
  });

  it.each([
    ['transfer', ['bot']],
    ['cancel', ['waiting']],
    ['assign', ['waiting']],
    ['release to the queue', ['agent']],
    ['release to the bot', ['agent']],
    ['release to an agent', ['agent']],
    ['close', ['bot', 'waiting', 'agent']],
    ['vanish', ['agent']],
    ['overdue', ['bot']],
    ['nobody came', ['waiting']],
    ['expiry', ['bot', 'waiting', 'agent']],
    ['to bot', ['waiting']],
    ['to waiting', ['bot', 'agent']],
    ['to agent', ['waiting', 'agent']],
    ['to closed', ['bot', 'waiting', 'agent']],
  ])('%s is possible from %j', (name, from) => {
    expect(states.filter((state) => decisions[name]?.(view(state)).kind === 'change')).toEqual(from);
  });
});

const changeOf = (decision: { kind: string; change?: ControlChange }) => {
  if (decision.change === undefined) throw new Error('no change');
  return decision.change;
};

describe('positions and pending replies', () => {
  it('[Q3] a session that comes back from an agent keeps its position, priority, reason and brief', () => {
    const { wait } = changeOf(
      decideRequeue(view('agent'), { agentId: 'Ann', cause: 'agent_vanished', by: 'system', reason: 'r' }),
    );
    expect(wait).toMatchObject({ ...view('agent').lastWait, requestedBy: 'system' });
  });

  it('an agent may give another reason and priority', () => {
    const asked = {
      sessionId: 'chat',
      agentId: 'Ann',
      to: { type: 'queue', priority: 'low' },
      reason: 'call back',
    } as const;
    const { wait } = changeOf(decideRelease(view('agent'), agents, asked));
    expect(wait).toMatchObject({ priority: 'low', reason: 'call back', requestedAt: '2026-01-01T00:01:00.000Z' });
  });

  it('without a reason of the customer, the entry has only the cause, and the wait a text for agents', () => {
    const asked = { sessionId: 'chat', cause: 'customer_requested', priority: 'normal' } as const;
    const { steps, wait } = changeOf(decideTransfer(view('bot'), { ...asked, reason: PLAIN_REQUEST }));
    expect(steps.map(({ change }) => change.reason)).toEqual([undefined]);
    expect(wait?.reason).toBe(PLAIN_REQUEST);
    const own = changeOf(decideTransfer(view('bot'), { ...asked, reason: 'about money' }));
    expect(own.steps.map(({ change }) => change.reason)).toEqual(['about money']);
  });

  it('a new wait begins at the end of the queue', () => {
    const asked = { sessionId: 'chat', cause: 'bot_transferred', reason: 'r', priority: 'low' } as const;
    expect(changeOf(decideTransfer(view('bot'), asked)).wait?.requestedAt).toBeNull();
  });

  it('[A1] an unanswered message becomes the pending reply, if the log has not grown', () => {
    const cancel = (sender: 'user' | 'bot' | 'agent') =>
      changeOf(decideCancel(view('waiting', { newestMessage: { seq: 8, sender } }), { cause: 'nobody_available' }));
    expect(cancel('user')).toMatchObject({ unansweredSeq: 8, lastSeq: 9 });
    expect(cancel('bot')).toMatchObject({ unansweredSeq: null, lastSeq: 9 });
    expect(cancel('agent').unansweredSeq).toBeNull();
    const silent = view('waiting', { newestMessage: null });
    expect(changeOf(decideCancel(silent, { cause: 'nobody_available' })).unansweredSeq).toBeNull();
    // The bot stood in and had answered a part of the messages.
    const inPart = view('waiting', { newestMessage: { seq: 8, sender: 'bot' }, unansweredSeq: 7 });
    expect(changeOf(decideCancel(inPart, { cause: 'customer_cancelled' })).unansweredSeq).toBe(7);
    expect(changeOf(decideCancel(inPart, { cause: 'customer_left' })).unansweredSeq).toBeNull();
  });

  it('a session goes back to the bot only after enough time without an agent', () => {
    const at = (standInSince: string | null) =>
      decideNobodyCame(view('waiting', { standInSince }), '2026-01-01T00:01:00.000Z');
    expect(at(null).kind).toBe('unchanged');
    expect(at('2026-01-01T00:01:00.001Z').kind).toBe('unchanged');
    expect(changeOf(at('2026-01-01T00:01:00.000Z')).steps).toMatchObject([{ change: { cause: 'nobody_available' } }]);
  });

  it('[A1] a reply is overdue only while it is pending, and old enough', () => {
    const at = (unansweredSince: string | null) =>
      decideOverdue(view('bot', { unansweredSince }), '2026-01-01T00:01:00.000Z', null);
    expect(at(null).kind).toBe('unchanged');
    expect(at('2026-01-01T00:01:00.001Z').kind).toBe('unchanged');
    expect(changeOf(at('2026-01-01T00:01:00.000Z'))).toMatchObject({ lastSeq: 9, wait: { requestedBy: 'system' } });
  });

  it('a session expires only after enough time without activity', () => {
    expect(decideExpiry(view('bot'), '2026-01-01T00:01:59.999Z').kind).toBe('unchanged');
    expect(changeOf(decideExpiry(view('bot'), '2026-01-01T00:02:00.000Z')).lastSeq).toBe(9);
  });

  it('a session is abandoned only with the bot, and after enough time without activity', () => {
    expect(decideAbandonment(view('bot'), '2026-01-01T00:01:59.999Z').kind).toBe('unchanged');
    for (const status of ['waiting', 'agent', 'closed'] as const)
      expect(decideAbandonment(view(status), '2026-01-01T00:02:00.000Z').kind).toBe('unchanged');
    expect(changeOf(decideAbandonment(view('bot'), '2026-01-01T00:02:00.000Z'))).toMatchObject({
      to: 'closed',
      lastSeq: 9,
      steps: [{ change: { cause: 'abandoned', by: 'system' } }],
    });
  });
});

describe('[C4] an agent', () => {
  it.each([
    ['Full', 'AT_CAPACITY', 'Full has reached the limit of 2 chats.'],
    ['Off', 'AGENT_OFFLINE', 'Off is offline.'],
    ['Nobody', 'NOT_FOUND', 'agentId: there is no such agent'],
  ])('%s is not given a chat: %s', (agentId, code, message) => {
    const decision = decideAssign(view('waiting'), agents, { sessionId: 'chat', agentId });
    expect(decision).toMatchObject({ kind: 'refused', refusal: { code, message } });
  });

  it('who loses a claim is told who won', () => {
    const decision = decideAssign(view('agent'), agents, { sessionId: 'chat', agentId: 'Bob', epoch: 4 });
    expect(decision).toMatchObject({ refusal: { code: 'ALREADY_TAKEN', message: 'Ann has this chat.' } });
  });

  it('who repeats a claim succeeds with any epoch', () => {
    const assign = decideAssign(view('agent'), agents, { sessionId: 'chat', agentId: 'Ann', epoch: 4 });
    expect(assign.kind).toBe('unchanged');
    const transfer = { sessionId: 'chat', cause: 'bot_transferred', reason: 'r', priority: 'low', epoch: 4 } as const;
    expect(decideTransfer(view('waiting'), transfer).kind).toBe('unchanged');
  });
});

it('[C3] there is a sentence for every cause, with the names and the reason', () => {
  for (const cause of changeCause.options) {
    const said = sentence(
      { from: 'bot', to: 'agent', cause, by: 'agent', reason: 'because', agentName: 'Bob' },
      { before: 'Ann' },
    );
    expect(said).toMatch(/^[A-Z][^\n]+\. Reason: because$/);
    const short = sentence({ from: 'bot', to: 'agent', cause, by: 'system' }, { before: null });
    expect(short).toMatch(/^[A-Z][^\n]+\.$/);
  }
});
