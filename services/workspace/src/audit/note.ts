import type { Actor, AuditAction, AuditActor, AuditSubject, JsonObject } from '@baton/contracts';

/** What is noted in the audit log, in the transaction of what it tells. */
export interface AuditNote {
  by: { kind: AuditActor; id: string | null };
  action: AuditAction;
  on?: { kind: AuditSubject; id: string };
  /** Ids and names of settings; no secret and no mail address. */
  details?: JsonObject;
}

export const SYSTEM: AuditNote['by'] = { kind: 'system', id: null };
export const NOBODY: AuditNote['by'] = { kind: 'nobody', id: null };

export const byActor = (actor: Actor): AuditNote['by'] =>
  actor.kind === 'account' ? { kind: 'account', id: actor.accountId } : { kind: 'key', id: actor.keyId };
export const byAccount = (id: string): AuditNote['by'] => ({ kind: 'account', id });
