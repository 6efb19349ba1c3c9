import type { Change } from '@baton/contracts';
import {
  emptyHistory,
  type History,
  type Ledger,
  type RecordedEntry,
  type Send,
  type View,
} from '../../history/history.ts';
import { check } from '../checker.ts';

/** A small run in which everything was as promised; each test breaks one thing of it. Times are ms. */
export interface HandMade {
  history: History;
  ledger: Ledger;
}

const TIMES = { graceMs: 4_000, deadlineMs: 15_000 };
const END = 60_000;

export const change = (from: Change['from'], to: Change['to'], epoch: number, more: Partial<Change> = {}): Change => ({
  from,
  to,
  epoch,
  cause: from === null ? 'started' : to === 'agent' ? 'agent_assigned' : 'customer_requested',
  by: 'user',
  ...more,
});

export const event = (seq: number, made: Change, sessionId = 's1'): RecordedEntry => ({
  sessionId,
  seq,
  id: `${sessionId}-${seq}`,
  kind: 'event',
  content: `change ${seq}`,
  sender: 'system',
  senderId: null,
  clientMessageId: null,
  inReplyTo: null,
  change: made,
  handoff: false,
  at: seq * 100,
});

export const message = (seq: number, more: Partial<RecordedEntry> = {}, sessionId = 's1'): RecordedEntry => ({
  sessionId,
  seq,
  id: `${sessionId}-${seq}`,
  kind: 'message',
  content: `words ${sessionId} ${seq}`,
  sender: 'user',
  senderId: null,
  clientMessageId: `m${seq}`,
  inReplyTo: null,
  change: null,
  handoff: false,
  at: seq * 100,
  ...more,
});

const acknowledged = (entry: RecordedEntry, order: number, more: Partial<Send> = {}): Send => ({
  client: 'ada',
  role: 'user',
  sessionId: entry.sessionId,
  clientMessageId: entry.clientMessageId ?? '',
  content: entry.content,
  order,
  sentAt: entry.at - 5,
  told: [{ ok: true, at: entry.at + 5, seq: entry.seq, id: entry.id, repeated: false }],
  ...more,
});

const view = (more: Partial<View> = {}): View => ({
  id: 'v1',
  client: 'ada',
  role: 'user',
  sessionId: 's1',
  from: 1,
  openedAt: 100,
  connectedAt: 100,
  ...more,
});

/**
 * Ada asks the bot (2), is answered (3), asks for a human (4), is given to Bob (5), writes (6) and is answered (7); Eve
 * waits (s2).
 */
function goodRun(): HandMade {
  const s1 = [
    event(1, change(null, 'bot', 1)),
    message(2),
    message(3, { sender: 'bot', clientMessageId: 'turn:2', inReplyTo: 2 }),
    event(4, change('bot', 'waiting', 2)),
    event(5, change('waiting', 'agent', 3, { agentId: 'bob' })),
    message(6),
    message(7, { sender: 'agent', senderId: 'bob' }),
  ];
  const s2 = [event(1, change(null, 'bot', 1), 's2'), event(2, change('bot', 'waiting', 2), 's2')];
  const session = { startId: null, assignedAgent: null, unansweredSeq: null };
  const [, second, , , , sixth, seventh] = s1;
  if (!second || !sixth || !seventh) throw new Error('the run has seven entries');
  const history: History = {
    ...emptyHistory(),
    sends: [
      acknowledged(second, 1),
      acknowledged(sixth, 2),
      acknowledged(seventh, 1, { client: 'bob', role: 'agent', agentId: 'bob', epoch: 3 }),
    ],
    views: [view(), view({ id: 'v2', client: 'eve', sessionId: 's2' })],
    shown: [
      ...s1
        .slice(1)
        .map(({ seq, kind, id, content, at }) => ({ view: 'v1', seq, ...(kind === 'message' && { id }), content, at })),
      { view: 'v2', seq: 2, content: 'change 2', at: 205 },
    ],
    answers: [{ client: 'ada', event: 'customer:send_message', at: 205, ok: true, code: undefined }],
    assignments: [{ client: 'bob', agentId: 'bob', sessionId: 's1', epoch: 3, at: 510 }],
    healedAt: 1_000,
    quietAt: 2_000,
    endedAt: END,
    queueMatchedMs: 40,
  };
  const ledger: Ledger = {
    sessions: [
      { ...session, id: 's1', userId: 'ada', status: 'agent', assignedAgent: 'bob', epoch: 3, lastSeq: 7 },
      { ...session, id: 's2', userId: 'eve', status: 'waiting', epoch: 2, lastSeq: 2 },
    ],
    entries: [...s1, ...s2],
    agents: [{ id: 'bob', status: 'available', capacity: 1, active: 1 }],
    waits: [
      { sessionId: 's1', priority: 'normal', requestedAt: 400, isActive: false, hasBrief: false, reason: 'asked' },
      { sessionId: 's2', priority: 'normal', requestedAt: 200, isActive: true, hasBrief: false, reason: 'asked' },
    ],
    queue: [{ sessionId: 's2', priority: 'normal', startMs: 200 }],
  };
  return { history, ledger };
}

/** The rules that a run breaks after one thing in it was changed. */
export function rulesBroken(spoil: (made: HandMade) => void): string[] {
  const made = goodRun();
  spoil(made);
  return [...new Set(check(made.history, made.ledger, TIMES).map(({ rule }) => rule))].sort((a, b) =>
    a.localeCompare(b),
  );
}

export function first<T>(items: readonly T[], fits: (item: T) => boolean): T {
  const found = items.find(fits);
  if (found === undefined) throw new Error('the run has no such thing');
  return found;
}
