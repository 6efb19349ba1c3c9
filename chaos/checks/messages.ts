import type { History, Ledger, RecordedEntry, Send } from '../history/history.ts';
import type { Violation } from './violation.ts';

const identity = (sessionId: string, sender: string, id: string) => `${sessionId} ${sender} ${id}`;

/** [M1] [M2] What was acknowledged is in the log once, as it was sent; what is unknown at most once. */
export function checkKept(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const stored = new Map<string, RecordedEntry[]>();
  for (const entry of ledger.entries) {
    if (entry.clientMessageId === null || entry.sender === 'bot') continue;
    const key = identity(entry.sessionId, entry.sender, entry.clientMessageId);
    stored.set(key, [...(stored.get(key) ?? []), entry]);
  }
  for (const send of history.sends) {
    const copies = stored.get(identity(send.sessionId, send.role, send.clientMessageId)) ?? [];
    const accepted = send.told.filter((told) => told.ok);
    const name = `${send.clientMessageId} of ${send.client} in ${send.sessionId}`;
    if (copies.length > 1)
      violations.push({ rule: 'M2', says: `${name} is stored ${copies.length} times`, at: send.sentAt });
    const [first] = accepted;
    if (first === undefined) {
      const last = send.told.at(-1);
      // A repeat finds what was stored before it, also in a chat that has ended since.
      if (send.role === 'user' && last?.ok === false && last.code === 'SESSION_CLOSED' && copies.length > 0)
        violations.push({ rule: 'M2', says: `${name} was refused for good but is stored`, at: last.at });
      continue;
    }
    const copy = copies.find(({ id }) => id === first.id);
    if (copy === undefined)
      violations.push({ rule: 'M1', says: `${name} was acknowledged and is not in the log`, at: first.at });
    else if (copy.seq !== first.seq || copy.content !== send.content)
      violations.push({
        rule: 'M1',
        says: `${name} was acknowledged with another seq or content than the log has`,
        at: first.at,
      });
    for (const again of accepted)
      if (again.id !== first.id || again.seq !== first.seq)
        violations.push({ rule: 'M2', says: `${name}: a repeat gave another result than the first`, at: again.at });
    if (accepted.filter(({ repeated }) => !repeated).length > 1)
      violations.push({ rule: 'M2', says: `${name} was said to be new more than once`, at: first.at });
  }
  // Whatever became of its id: everything that clients say is said once.
  const words = new Map<string, number>();
  for (const { sessionId, kind, sender, content } of ledger.entries) {
    if (kind !== 'message' || sender === 'bot') continue;
    const count = (words.get(`${sessionId} ${content}`) ?? 0) + 1;
    words.set(`${sessionId} ${content}`, count);
    if (count === 2) violations.push({ rule: 'M2', says: `“${content}” stands twice in ${sessionId}` });
  }
  for (const { client, clientMessageId, sessionId, told } of history.probes) {
    if (told.ok)
      violations.push({
        rule: 'M2',
        says: `${clientMessageId} of ${client} in ${sessionId} was taken with another content`,
      });
  }
  const starts = Map.groupBy(history.starts, ({ client, startId }) => `${client} ${startId}`);
  for (const [key, told] of starts)
    if (new Set(told.map(({ sessionId }) => sessionId)).size > 1)
      violations.push({ rule: 'M2', says: `the start ${key} was given more than one chat` });
  const rows = Map.groupBy(
    ledger.sessions.filter(({ startId }) => startId !== null),
    ({ userId, startId }) => `${userId} ${startId}`,
  );
  for (const [key, sessions] of rows)
    if (sessions.length > 1)
      violations.push({ rule: 'M2', says: `the start ${key} is stored ${sessions.length} times` });
  const known = new Set(history.views.map(({ sessionId }) => sessionId));
  const newest = new Map(
    ledger.sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, userId }) => [userId, id]),
  );
  // The newest may be one whose start was under way in the end.
  for (const { id, userId } of ledger.sessions)
    if (!known.has(id) && newest.get(userId) !== id)
      violations.push({ rule: 'M2', says: `${id} was opened for ${userId}, who was never told` });
  const ids = new Set(ledger.sessions.map(({ id }) => id));
  for (const { client, sessionId } of history.starts)
    if (!ids.has(sessionId)) violations.push({ rule: 'M1', says: `the chat ${sessionId} of ${client} is gone` });
  return violations;
}

/** [M3] Numbers without gaps, times that do not go back, and each sender's own order. */
export function checkOrder(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  for (const session of ledger.sessions) {
    const log = logs.get(session.id) ?? [];
    log.forEach((entry, index) => {
      if (entry.seq !== index + 1)
        violations.push({ rule: 'M3', says: `${session.id} has ${entry.seq} in place ${index + 1}`, at: entry.at });
      const before = log[index - 1];
      if (before && before.at > entry.at)
        violations.push({ rule: 'M3', says: `${session.id}: ${entry.seq} is older than the one before`, at: entry.at });
    });
    if (session.lastSeq !== log.length)
      violations.push({ rule: 'M3', says: `${session.id} says ${session.lastSeq} entries and has ${log.length}` });
  }
  const bySender = Map.groupBy(history.sends, ({ client, sessionId }) => `${client} ${sessionId}`);
  for (const [key, sends] of bySender) {
    let before: { send: Send; seq: number } | undefined;
    for (const send of sends.toSorted((a, b) => a.order - b.order)) {
      const told = send.told.find(({ ok }) => ok);
      if (!told?.ok) continue;
      if (before && told.seq < before.seq)
        violations.push({
          rule: 'M3',
          says: `${key}: ${send.clientMessageId} (${told.seq}) stands before ${before.send.clientMessageId} (${before.seq})`,
          at: told.at,
        });
      before = { send, seq: told.seq };
    }
  }
  return violations;
}
