import type { Entry, EventEntry, Session } from '@baton/contracts';
import type { ChatSession } from './types.ts';

/** The newer of what is known and what the server has answered: answers and entries overtake each other. */
export function newer(known: Session | undefined, answered: Session): Session {
  return known === undefined || known.id !== answered.id || answered.epoch >= known.epoch ? answered : known;
}

/** [C3] The session after a change of control that its log tells of; an old one changes nothing. */
export function after(session: Session, { change, timestamp }: EventEntry): Session {
  if (change.epoch <= session.epoch) return session;
  const closed = change.to === 'closed';
  return {
    ...session,
    status: change.to,
    epoch: change.epoch,
    // Of a closed chat the last agent is kept.
    assignedAgent: closed ? session.assignedAgent : (change.agentId ?? null),
    agentName: closed ? session.agentName : (change.agentName ?? null),
    waitingSince: change.to === 'waiting' ? timestamp : null,
    closedAt: closed ? timestamp : null,
    updatedAt: timestamp,
  };
}

export function afterAll(session: Session, entries: readonly Entry[]): Session {
  let latest = session;
  for (const entry of entries) if (entry.kind === 'event') latest = after(latest, entry);
  return latest;
}

/** What a customer's page is told of it. */
export function shownSession({ id, status, assignedAgent, agentName, createdAt, closedAt }: Session): ChatSession {
  return { id, status, agentId: assignedAgent, agentName, createdAt, closedAt };
}
