import type { Priority } from '@baton/contracts';
import type { History, Ledger } from '../history/history.ts';
import type { Violation } from './violation.ts';

const levels: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

const LINE_RIGHT_WITHIN_MS = 5_000;
/** Of looking, and for the waits that the last customers have begun meanwhile. */
const SLACK_MS = 1_500;

/** [Q2] Soon after healing, and when all is quiet, the line is the record: who waits, each at its place, nobody else. */
export function checkLine(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const took = history.lineRightMs ?? Number.POSITIVE_INFINITY;
  if (took > LINE_RIGHT_WITHIN_MS + SLACK_MS)
    violations.push({ rule: 'Q2', says: `the line was not right for ${Math.round(took)} ms after healing` });
  const active = ledger.waits.filter(({ isActive }) => isActive);
  const waits = new Map(active.map((wait) => [wait.sessionId, wait]));
  if (waits.size !== active.length) violations.push({ rule: 'Q2', says: 'a chat waits twice' });
  for (const { id, status } of ledger.sessions)
    if ((status === 'waiting') !== waits.has(id))
      violations.push({ rule: 'Q2', says: `${id} is ${status} and ${waits.has(id) ? 'has' : 'has no'} place to wait` });
  const inLine = new Map(ledger.line.map((one) => [one.sessionId, one]));
  if (inLine.size !== ledger.line.length) violations.push({ rule: 'Q2', says: 'a chat is in line twice' });
  for (const { sessionId, priority, requestedAt } of waits.values()) {
    const place = inLine.get(sessionId);
    if (place === undefined) violations.push({ rule: 'Q2', says: `${sessionId} waits and is not in line` });
    else if (place.priority !== priority || place.startMs !== requestedAt)
      violations.push({ rule: 'Q2', says: `${sessionId} is in line at another place than its own` });
  }
  for (const sessionId of inLine.keys())
    if (!waits.has(sessionId)) violations.push({ rule: 'Q2', says: `${sessionId} is in line and does not wait` });
  return violations;
}

/** [Q1] With no fault about, the line was given out in its order: priority, then the start of the wait, of who is there. */
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
    const place = { level: levels[wait.priority], at: wait.requestedAt };
    if (place.level < before.level || (place.level === before.level && place.at < before.at))
      violations.push({ rule: 'Q1', says: `${sessionId} was given out after others whose turn came later` });
    before = place;
  }
  for (const { sessionId, isActive } of ledger.waits)
    if (isActive) violations.push({ rule: 'Q2', says: `${sessionId} still waits though nobody was said to` });
  return violations;
}

/** [Q3] Who was gone for the grace has lost its chats, at their original place. */
export function checkVanished(history: History, ledger: Ledger, graceMs: number): Violation[] {
  const violations: Violation[] = [];
  for (const { agentId, at } of history.departed) {
    const due = Math.max(at, history.healedAt) + graceMs + 5_000;
    for (const { sessionId, change, at: when } of ledger.entries) {
      const lost = change?.cause === 'agent_vanished' && when > due + 1_000;
      if (lost && heldBefore(ledger, sessionId, change.epoch) === agentId && when > at)
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
  return [...violations, ...checkPlaces(ledger)];
}

/** A wait that follows an agent's hold begins when the one before it did. */
function checkPlaces(ledger: Ledger): Violation[] {
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
      return [{ rule: 'Q3', says: `${sessionId} came back to another place than its own`, at }];
    });
  });
}

const heldBefore = (ledger: Ledger, sessionId: string, epoch: number) =>
  ledger.entries.find((one) => one.sessionId === sessionId && one.change?.epoch === epoch - 1)?.change?.agentId;

/** [Q5] With automatic assignment, nobody waits at the end while an agent who is there has room. */
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
