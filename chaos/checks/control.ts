import { type Change, transitions } from '@baton/contracts';
import type { History, Ledger, RecordedEntry } from '../history/history.ts';
import { wasFaulty } from './fault-times.ts';
import type { Violation } from './violation.ts';

/** [C1] [C2] [C3] Each log is a chain of permitted changes; nobody writes without control; the record says the same. */
export function checkControl(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  for (const session of ledger.sessions) {
    const { id } = session;
    let present: Change | undefined;
    for (const entry of logs.get(id) ?? []) {
      const tell = (rule: string, says: string) =>
        void violations.push({ rule, says: `${id} ${entry.seq}: ${says}`, at: entry.at });
      if (entry.change === null) {
        const wrong = mayNotWrite(entry, present, history);
        if (wrong) tell('C2', wrong);
        continue;
      }
      const { change } = entry;
      if (change.from !== (present?.to ?? null)) tell('C3', `goes on from ${change.from}, which was not the state`);
      else if (change.from !== null && !transitions[change.from].includes(change.to))
        tell('C1', `${change.from} → ${change.to} is not permitted`);
      if (change.epoch !== (present?.epoch ?? 0) + 1)
        tell('C2', `epoch ${change.epoch} follows ${present?.epoch ?? 0}`);
      if (change.to === 'agent' && change.agentId === undefined) tell('C3', 'does not say which agent has it');
      present = change;
    }
    if (present === undefined) violations.push({ rule: 'C3', says: `${id} has no first entry` });
    else if (present.to !== session.status || present.epoch !== session.epoch)
      violations.push({
        rule: 'C3',
        says: `${id} is ${session.status}, epoch ${session.epoch}; its log says otherwise`,
      });
    else if (session.status === 'agent' && session.assignedAgent !== present.agentId)
      violations.push({ rule: 'C3', says: `${id} is with another agent than its log says` });
  }
  return violations;
}

function mayNotWrite(entry: RecordedEntry, present: Change | undefined, history: History): string | undefined {
  if (present === undefined) return 'stands before the start';
  if (present.to === 'closed') return `${entry.sender} wrote after the end`;
  if (entry.sender === 'bot' && present.to === 'waiting') {
    if (agentWasOnline(history, entry.at)) return 'the bot wrote to one who waits, though an agent was online';
  } else if (entry.sender === 'bot' && present.to !== 'bot') return `the bot wrote while it was ${present.to}`;
  if (entry.sender === 'agent' && (present.to !== 'agent' || present.agentId !== entry.senderId))
    return 'an agent wrote without having the session';
  return undefined;
}

/** An agent who has signed in is known to be online within this time, unless something is broken. */
const KNOWN_WITHIN_MS = 4_000;

/** While no agent is online the bot answers those who wait. */
function agentWasOnline({ signIns, faults }: History, at: number): boolean {
  const since = at - KNOWN_WITHIN_MS;
  const online = signIns.some(({ from, to = Number.POSITIVE_INFINITY }) => from <= since && to >= at);
  return online && !wasFaulty(faults, since, at);
}

/** [C2] A write that carried an epoch was accepted in that epoch only. */
export function checkFencing(history: History, ledger: Ledger): Violation[] {
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  return history.sends.flatMap((send): Violation[] => {
    const told = send.told.find(({ ok }) => ok);
    if (send.epoch === undefined || !told?.ok) return [];
    const before = (logs.get(send.sessionId) ?? []).slice(0, told.seq).findLast(({ change }) => change !== null);
    if (before?.change?.epoch === send.epoch) return [];
    const says = `${send.clientMessageId} of ${send.client}, written for epoch ${send.epoch}, was accepted in ${before?.change?.epoch}`;
    return [{ rule: 'C2', says, at: told.at }];
  });
}

/** [C4] No agent exceeds its capacity at any moment, and each assignment that was shown is an entry of the log. */
export function checkCapacity(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const moves: { agentId: string; by: 1 | -1; at: number; sessionId: string }[] = [];
  const byEpoch = new Map<string, string>();
  const holders = new Map<string, string>();
  for (const { sessionId, change, at } of ledger.entries) {
    if (change === null) continue;
    const loser = holders.get(sessionId);
    if (loser !== undefined) moves.push({ agentId: loser, by: -1, at, sessionId });
    holders.delete(sessionId);
    if (change.to !== 'agent' || change.agentId === undefined) continue;
    holders.set(sessionId, change.agentId);
    moves.push({ agentId: change.agentId, by: 1, at, sessionId });
    byEpoch.set(`${sessionId} ${change.epoch}`, change.agentId);
  }
  const capacities = new Map(ledger.agents.map(({ id, capacity }) => [id, capacity]));
  const held = new Map<string, number>();
  // Within one millisecond an agent's chat may have gone before the next came.
  for (const { agentId, by, at } of moves.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    const now = (held.get(agentId) ?? 0) + by;
    held.set(agentId, now);
    const capacity = capacities.get(agentId) ?? Number.POSITIVE_INFINITY;
    if (by === 1 && now > capacity)
      violations.push({ rule: 'C4', says: `agent ${agentId} held ${now} chats and may hold ${capacity}`, at });
  }
  for (const { id, active } of ledger.agents) {
    const really = ledger.sessions.filter((one) => one.status === 'agent' && one.assignedAgent === id).length;
    if (active !== really)
      violations.push({ rule: 'C4', says: `agent ${id} is said to hold ${active} chats and holds ${really}` });
  }
  for (const { agentId, client, sessionId, epoch, at } of history.assignments) {
    const winner = byEpoch.get(`${sessionId} ${epoch}`);
    if (winner !== agentId)
      violations.push({
        rule: 'C4',
        says: `${client} was told it has ${sessionId}, epoch ${epoch}; ${winner ?? 'nobody'} had`,
        at,
      });
  }
  return violations;
}
