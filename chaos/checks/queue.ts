import type { Priority } from '@baton/contracts';
import type { History, Ledger } from '../history/history.ts';
import type { Violation } from './violation.ts';

const levels: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

const MATCHED_WITHIN_MS = 5_000;
/** For measuring, and for waits that the last customers begin meanwhile. */
const SLACK_MS = 1_500;

/** [Q2] Soon after healing, and when all is quiet, the queue is the record: who waits, each at its position, nobody else. */
export function checkQueue(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const took = history.queueMatchedMs ?? Number.POSITIVE_INFINITY;
  if (took > MATCHED_WITHIN_MS + SLACK_MS)
    violations.push({
      rule: 'Q2',
      says: `the queue did not match the record for ${Math.round(took)} ms after healing`,
    });
  const active = ledger.waits.filter(({ isActive }) => isActive);
  const waits = new Map(active.map((wait) => [wait.sessionId, wait]));
  if (waits.size !== active.length) violations.push({ rule: 'Q2', says: 'a chat waits twice' });
  for (const { id, status } of ledger.sessions)
    if ((status === 'waiting') !== waits.has(id))
      violations.push({
        rule: 'Q2',
        says: `${id} is ${status} and ${waits.has(id) ? 'has' : 'has no'} wait of its own`,
      });
  const inQueue = new Map(ledger.queue.map((one) => [one.sessionId, one]));
  if (inQueue.size !== ledger.queue.length) violations.push({ rule: 'Q2', says: 'a chat is in the queue twice' });
  for (const { sessionId, priority, requestedAt } of waits.values()) {
    const position = inQueue.get(sessionId);
    if (position === undefined) violations.push({ rule: 'Q2', says: `${sessionId} waits and is not in the queue` });
    else if (position.priority !== priority || position.startMs !== requestedAt)
      violations.push({ rule: 'Q2', says: `${sessionId} is in the queue at another position than its own` });
  }
  for (const sessionId of inQueue.keys())
    if (!waits.has(sessionId)) violations.push({ rule: 'Q2', says: `${sessionId} is in the queue and does not wait` });
  return violations;
}

/** [Q1] Without a fault, sessions were claimed in order: those with a page open, by priority, then by start of the wait. */
export function checkDrained(history: History, ledger: Ledger): Violation[] {
  if (history.drained === undefined) return [];
  // The newest wait of each.
  const waits = new Map(ledger.waits.map((wait) => [wait.sessionId, wait]));
  const violations: Violation[] = [];
  const away = new Set(history.awayAsDrained);
  let before = { level: -1, at: 0 };
  for (const sessionId of history.drained) {
    const wait = waits.get(sessionId);
    if (wait === undefined) {
      violations.push({ rule: 'Q1', says: `${sessionId} was given out and never waited` });
      continue;
    }
    if (away.has(sessionId)) continue;
    const position = { level: levels[wait.priority], at: wait.requestedAt };
    if (position.level < before.level || (position.level === before.level && position.at < before.at))
      violations.push({ rule: 'Q1', says: `${sessionId} was given out after others whose turn came later` });
    before = position;
  }
  for (const { sessionId, isActive } of ledger.waits)
    if (isActive) violations.push({ rule: 'Q2', says: `${sessionId} still waits though nobody was said to` });
  return violations;
}

/** [Q3] The sessions of an agent who was gone for the grace period are in the queue, at their original positions. */
export function checkVanished(history: History, ledger: Ledger, graceMs: number): Violation[] {
  const violations: Violation[] = [];
  for (const { agentId, at } of history.departed) {
    const due = Math.max(at, history.healedAt) + graceMs + 5_000;
    for (const { sessionId, change, at: when } of ledger.entries) {
      const lost = change?.cause === 'agent_vanished' && when > due + 1_000;
      if (lost && assignedBefore(ledger, sessionId, change.epoch) === agentId && when > at)
        violations.push({
          rule: 'Q3',
          says: `${sessionId} was left with agent ${agentId} for ${when - at} ms`,
          at: when,
        });
    }
    if (history.endedAt < due) continue;
    for (const { id, status, assignedAgent } of ledger.sessions)
      if (status === 'agent' && assignedAgent === agentId)
        violations.push({ rule: 'Q3', says: `${id} is still with agent ${agentId}, who left` });
  }
  return [...violations, ...checkPositions(ledger)];
}

/** A wait that follows an agent's hold begins when the one before it did. */
function checkPositions(ledger: Ledger): Violation[] {
  const waitsOf = Map.groupBy(ledger.waits, ({ sessionId }) => sessionId);
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  return [...waitsOf].flatMap(([sessionId, waits]): Violation[] => {
    const begun = (logs.get(sessionId) ?? []).filter(({ change }) => change?.to === 'waiting');
    // What goes on to the bot at once never waits.
    const kept = begun.filter(({ change, seq }) => {
      const next = (logs.get(sessionId) ?? []).find((entry) => entry.seq === seq + 1);
      return !(change?.from === 'agent' && next?.change?.cause === 'agent_returned');
    });
    if (kept.length !== waits.length)
      return [{ rule: 'Q2', says: `${sessionId} began to wait ${kept.length} times and has ${waits.length} waits` }];
    return kept.flatMap(({ change, at }, index): Violation[] => {
      const [now, before] = [waits[index], waits[index - 1]];
      if (change?.from !== 'agent' || !now || !before || now.requestedAt === before.requestedAt) return [];
      return [{ rule: 'Q3', says: `${sessionId} came back to another position than its own`, at }];
    });
  });
}

const assignedBefore = (ledger: Ledger, sessionId: string, epoch: number) =>
  ledger.entries.find((one) => one.sessionId === sessionId && one.change?.epoch === epoch - 1)?.change?.agentId;

/** [Q5] With automatic assignment, nobody waits at the end while an agent who is online is below capacity. */
export function checkWorkFindsAgents(history: History, ledger: Ledger): Violation[] {
  if (!history.autoAssign) return [];
  const waiting = ledger.waits.filter(({ isActive }) => isActive).length;
  const gone = new Set(history.departed.map(({ agentId }) => agentId));
  const idle = ledger.agents.filter(
    (one) => one.status === 'available' && one.active < one.capacity && !gone.has(one.id),
  );
  if (waiting === 0 || idle.length === 0) return [];
  return [{ rule: 'Q5', says: `${waiting} chats wait while ${idle.length} agents have room` }];
}
