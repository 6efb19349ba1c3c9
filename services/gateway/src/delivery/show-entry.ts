import type { Entry } from '@baton/contracts';
import type { Emit } from '../connections/emit.ts';

/** Sends one entry as the socket event, or events, that clients know it by. */
export function showEntry(emit: Emit, entry: Entry): void {
  if (entry.kind === 'message') {
    emit('message:received', entry);
    return;
  }
  const { change, sessionId, seq, timestamp } = entry;
  emit('status:changed', {
    sessionId,
    seq,
    status: change.to,
    ...(change.agentId !== undefined && { agentId: change.agentId }),
    ...(change.agentName !== undefined && { agentName: change.agentName }),
    change,
    message: entry.content,
    timestamp,
  });
  if (change.to === 'closed') {
    emit('session:closed', {
      sessionId,
      seq,
      closedBy: change.by,
      ...(change.reason !== undefined && { reason: change.reason }),
      timestamp,
    });
  }
}
