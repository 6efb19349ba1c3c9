import type { Change } from '@baton/contracts';
import type { History, Ledger, RecordedEntry } from '../history/history.ts';
import { faultTime } from './fault-times.ts';
import type { Violation } from './violation.ts';

/** How often the loop behind the deadline looks, and some time to write. */
const SLACK_MS = 8_000;

/** [A1] [A2] [A3] A customer is answered once, in time, or handed off with a brief. */
export function checkBot(history: History, ledger: Ledger, deadlineMs: number): Violation[] {
  const violations: Violation[] = [];
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  for (const [sessionId, log] of logs) {
    let answered = 0;
    let control: Change | undefined;
    let pending: RecordedEntry | undefined;
    const tell = (rule: string, entry: RecordedEntry, says: string) =>
      void violations.push({ rule, says: `${sessionId} ${entry.seq}: ${says}`, at: entry.at });
    const settle = (at: number) => {
      if (pending === undefined) return;
      const excused = faultTime(history.faults, pending.at, at);
      if (at - pending.at > deadlineMs + SLACK_MS + excused)
        tell('A1', pending, `was left alone for ${Math.round(at - pending.at)} ms`);
      pending = undefined;
    };
    log.forEach((entry, index) => {
      if (entry.change !== null) {
        settle(entry.at);
        control = entry.change;
        return;
      }
      if (entry.sender === 'user' && control?.to === 'bot') pending ??= entry;
      if (entry.sender !== 'bot') return;
      if (entry.handoff) {
        const next = log.slice(index + 1).find(({ change }) => change !== null);
        const quiet = history.quietAt > 0 && history.endedAt - entry.at > deadlineMs + SLACK_MS;
        if (next === undefined && quiet) tell('A3', entry, 'promises a human and no handoff follows');
      } else if (entry.inReplyTo === null) tell('A2', entry, 'answers nothing');
      else if (entry.inReplyTo <= answered) tell('A2', entry, `answers ${entry.inReplyTo}, which had its answer`);
      else if (entry.inReplyTo >= entry.seq) tell('A2', entry, 'answers what comes later');
      else {
        answered = entry.inReplyTo;
        if (pending && pending.seq <= answered) settle(entry.at);
      }
    });
    if (pending !== undefined && (control as Change | undefined)?.to === 'bot') settle(history.endedAt);
  }
  for (const wait of ledger.waits)
    if (wait.reason === '') violations.push({ rule: 'A3', says: `${wait.sessionId} was handed off without a reason` });
  for (const { sessionId, change, seq, at } of ledger.entries) {
    if (change?.cause !== 'bot_transferred' && change?.cause !== 'bot_failed') continue;
    const briefed = ledger.waits.some((wait) => wait.sessionId === sessionId && wait.hasBrief);
    if (!briefed) violations.push({ rule: 'A3', says: `${sessionId} ${seq}: handed off without a brief`, at });
  }
  return violations;
}
