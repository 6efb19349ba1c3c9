import { roleId } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import type { AuditNote } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import { permissionsOf } from '../roles/permissions-of.ts';
import { refuseGrant, refuseLink } from './decisions.ts';

/** A link that can still be used. */
export const OPEN = 'used_at IS NULL AND expires_at > now()';

/**
 * A link for a new password holds for the account as it was: once the account may do more, the link would give more
 * than its maker had asked for.
 * @param of the id of an account, or of a role for everybody who has it
 */
export async function endResets(transaction: Statements, of: { account: string } | { role: string }): Promise<void> {
  await transaction.statement(
    `/* end reset links */ DELETE FROM links WHERE kind = 'reset' AND used_at IS NULL
      AND account_id IN (SELECT id FROM accounts WHERE id = $1 OR role_id = $2)`,
    'account' in of ? of.account : null,
    'role' in of ? of.role : null,
  );
}

interface OpenLink {
  id: string;
  kind: 'invitation' | 'reset';
  isActive: boolean | null;
  makerRole: string | null;
  makerPermissions: string[] | null;
  givenRole: string;
  givenPermissions: string[];
}

const permissionsIn = (role: string, stored: readonly string[]) => permissionsOf(roleId.parse(role), stored);

function mayStillBeMade({ isActive, makerRole, makerPermissions, givenRole, givenPermissions }: OpenLink): boolean {
  if (isActive === null || makerRole === null || makerPermissions === null) return false;
  const maker = { isActive, permissions: permissionsIn(makerRole, makerPermissions) };
  const given = permissionsIn(givenRole, givenPermissions);
  return refuseLink(maker, (one) => refuseGrant(one, given)) === undefined;
}

/**
 * Ends what people have made and could not make now: after a change of what somebody, or a role, may do. A person who
 * has left comes back by no link of their own.
 */
export async function withdrawLinks(transaction: Statements, by: AuditNote['by']): Promise<void> {
  const open = await transaction.statement<OpenLink>(
    `/* links of makers */
    SELECT l.id, l.kind, m.status = 'active' AS "isActive", m.role_id AS "makerRole",
      mr.permissions AS "makerPermissions", given.id AS "givenRole", given.permissions AS "givenPermissions"
    FROM links l
      LEFT JOIN accounts m ON m.id = l.created_by LEFT JOIN roles mr ON mr.id = m.role_id
      LEFT JOIN accounts a ON a.id = l.account_id JOIN roles given ON given.id = coalesce(l.role_id, a.role_id)
    WHERE l.created_by IS NOT NULL AND ${OPEN} ORDER BY l.id`,
  );
  const ids = open.filter((link) => !mayStillBeMade(link)).map(({ id }) => id);
  if (ids.length === 0) return;
  const gone = await transaction.statement<{ id: string; kind: OpenLink['kind'] }>(
    `/* withdraw links */ DELETE FROM links WHERE id = ANY ($1) AND used_at IS NULL RETURNING id, kind`,
    ids,
  );
  for (const { id, kind } of gone)
    if (kind === 'invitation')
      await noteInAudit(transaction, { by, action: 'invitation.revoked', on: { kind: 'invitation', id } });
}
