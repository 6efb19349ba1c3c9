import { z } from 'zod';
import { exactText, jsonObject, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { credential } from './credentials.ts';

/** What is noted. The list grows with what an installation can set up. */
export const auditAction = z.enum([
  'account.created',
  'account.renamed',
  'account.suspended',
  'account.restored',
  'account.removed',
  'invitation.created',
  'invitation.revoked',
  'owner_link.created',
  'reset_link.created',
  'password.changed',
  'password.reset',
  'totp.added',
  'totp.removed',
  'recovery_codes.renewed',
  'recovery_code.used',
  'passkey.added',
  'passkey.removed',
  'provider.linked',
  'provider.logout',
  'password.removed',
  'login.started',
  'login.ended',
  'login.locked',
  'login.refused',
  'role.created',
  'role.changed',
  'role.removed',
  'role.assigned',
  'key.created',
  'key.revoked',
]);
export type AuditAction = z.infer<typeof auditAction>;

export const auditActor = z.enum(['account', 'key', 'system', 'nobody']);
export type AuditActor = z.infer<typeof auditActor>;
export const auditSubject = z.enum(['account', 'invitation', 'login', 'role', 'key', 'mail']);
export type AuditSubject = z.infer<typeof auditSubject>;

/**
 * One row of the audit log. `hash` is over this row and the hash of the row before, so a row that is changed or missing
 * breaks the chain from there on: `pnpm audit:verify` names it.
 */
export const auditRow = z
  .object({
    seq: z.int().min(1),
    at: timestamp,
    actorKind: z.string().describe('account, key, system or nobody'),
    actorId: z.string().nullable(),
    action: z.string().describe('one of those that the request may name, or of a later release'),
    subjectKind: z.string().nullable(),
    subjectId: z.string().nullable(),
    details: jsonObject,
    hash: z.string().describe('SHA-256, hexadecimal'),
  })
  .meta({ id: 'AuditRow' });
export type AuditRow = z.infer<typeof auditRow>;

export const auditEndpoints = {
  listAudit: endpoint({
    summary: 'A page of the audit log, the newest first.',
    request: z.object({
      credential,
      beforeSeq: z.int().min(1).optional(),
      limit: z.int().min(1).max(500).default(100),
      actions: z.array(auditAction).max(auditAction.options.length).optional(),
      actorId: exactText(64).optional(),
      subjectId: exactText(128).optional(),
      from: timestamp.optional(),
      until: timestamp.optional().describe('excluded'),
    }),
    value: z.object({ rows: z.array(auditRow), hasMore: z.boolean() }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
} as const;
