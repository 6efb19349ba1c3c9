import { reasonForCustomer, withoutReason, withReason } from '@baton/contracts';
import type { History, Ledger, RecordedEntry, Shown } from '../history/history.ts';
import type { Violation } from './violation.ts';

/** [M5] How soon after healing, or after it was written, an entry is shown. */
const SHOWN_WITHIN_MS = 5_000;
/** What measuring with the clock of a busy machine adds. */
const SLACK_MS = 1_000;

/** [M4] [M5] Each client was shown the log: in order, each entry once, as it stands, and in time. Nothing of others. */
export function checkViews(history: History, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const logs = Map.groupBy(ledger.entries, ({ sessionId }) => sessionId);
  const owners = new Map(ledger.sessions.map(({ id, userId }) => [id, userId]));
  const sessionOf = new Map(ledger.entries.map(({ id, sessionId }) => [id, sessionId]));
  const shownIn = Map.groupBy(history.shown, ({ view }) => view);
  for (const view of history.views) {
    const name = `${view.client}'s view of ${view.sessionId}`;
    if (view.role === 'user' && owners.get(view.sessionId) !== view.client)
      violations.push({ rule: 'leak', says: `${view.client} holds a chat of another`, at: view.openedAt });
    const log = logs.get(view.sessionId) ?? [];
    let last = view.from;
    for (const shown of shownIn.get(view.id) ?? []) {
      if (shown.seq <= last)
        violations.push({ rule: 'M4', says: `${name}: ${shown.seq} was shown again`, at: shown.at });
      else if (shown.seq !== last + 1)
        violations.push({ rule: 'M4', says: `${name}: ${shown.seq} came after ${last}`, at: shown.at });
      last = Math.max(last, shown.seq);
      const wrong = differs(shown, log[shown.seq - 1], view.role);
      if (shown.id !== undefined && (sessionOf.get(shown.id) ?? view.sessionId) !== view.sessionId)
        violations.push({ rule: 'leak', says: `${name}: ${shown.seq} belongs to another chat`, at: shown.at });
      else if (wrong) violations.push({ rule: 'M3', says: `${name}: ${shown.seq} ${wrong}`, at: shown.at });
    }
    violations.push(...late(view, name, log, shownIn.get(view.id) ?? [], history));
  }
  for (const { client, event, sessionId, at } of history.strays)
    if (owners.get(sessionId) !== client && !wasHeld(history, client, sessionId))
      violations.push({ rule: 'leak', says: `${client} got ${event} of ${sessionId}, which it never had`, at });
  return violations;
}

function differs(
  shown: Shown,
  entry: RecordedEntry | undefined,
  role: History['views'][number]['role'],
): string | undefined {
  if (entry === undefined) return 'is not in the log';
  if (shown.id !== undefined && shown.id !== entry.id) return 'is another than in the log';
  const content = role === 'user' ? contentForCustomer(entry) : entry.content;
  return shown.content === content ? undefined : 'has another content than in the log';
}

/** A customer is not sent the reasons that agents give to each other. */
function contentForCustomer({ content, change }: RecordedEntry): string {
  return change === null ? content : withReason(withoutReason(content, change.reason), reasonForCustomer(change));
}

function late(
  view: History['views'][number],
  name: string,
  log: readonly RecordedEntry[],
  shown: readonly Shown[],
  history: History,
): Violation[] {
  if (view.closedAt !== undefined || view.connectedAt === undefined) return [];
  const violations: Violation[] = [];
  const at = new Map(shown.map((one) => [one.seq, one.at]));
  const since = Math.max(history.healedAt, view.connectedAt);
  for (const entry of log) {
    if (entry.seq <= view.from) continue;
    const due = Math.max(entry.at, since) + SHOWN_WITHIN_MS + SLACK_MS;
    const when = at.get(entry.seq);
    if (when === undefined ? due < history.endedAt : when > due) {
      const what =
        when === undefined ? 'was not shown' : `was shown ${Math.round(when - due + SHOWN_WITHIN_MS)} ms late`;
      violations.push({ rule: 'M5', says: `${name}: ${entry.seq} ${what}`, at: entry.at });
      break;
    }
  }
  return violations;
}

const wasHeld = ({ assignments }: History, client: string, sessionId: string) =>
  assignments.some((one) => one.client === client && one.sessionId === sessionId);
