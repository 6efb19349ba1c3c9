import { type Account, roleId } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { permissionsOf } from '../roles/permissions-of.ts';
import type { Target } from './decisions.ts';

export interface AccountRow extends Omit<Account, 'roleId' | 'createdAt' | 'lastLoginAt'> {
  roleId: string;
  createdAt: Date;
  lastLoginAt: Date | null;
}

/** An account as others are shown it, from a row `a`. */
export const ACCOUNT = `a.id, a.mail, a.name, a.status, a.role_id AS "roleId", a.password_hash IS NOT NULL AS "hasPassword",
  a.totp_since IS NOT NULL AS "hasTotp", 0 AS passkeys, a.created_at AS "createdAt", a.last_login_at AS "lastLoginAt"`;

export const toAccount = (row: AccountRow): Account => ({
  ...row,
  roleId: roleId.parse(row.roleId),
  createdAt: row.createdAt.toISOString(),
  lastLoginAt: row.lastLoginAt?.toISOString() ?? null,
});

export interface LockedTarget extends Target {
  /** Active owners, the target included. */
  owners: number;
}

/**
 * Locks the owners and one account until the transaction ends, so that what is decided on them holds: of two that
 * remove each other the second finds the last owner.
 */
export async function lockTarget(transaction: Statements, accountId: string): Promise<LockedTarget | undefined> {
  // In the order of ids, so that two transactions do not wait for each other.
  const owners = await transaction.statement(
    "/* lock owners */ SELECT id FROM accounts WHERE role_id = 'owner' AND status = 'active' ORDER BY id FOR UPDATE",
  );
  const [row] = await transaction.statement<{ roleId: string; permissions: string[]; isActive: boolean }>(
    `/* lock account */
    SELECT a.role_id AS "roleId", r.permissions, a.status = 'active' AS "isActive"
    FROM accounts a JOIN roles r ON r.id = a.role_id WHERE a.id = $1 FOR UPDATE OF a`,
    accountId,
  );
  if (row === undefined) return undefined;
  const id = roleId.parse(row.roleId);
  return {
    roleId: id,
    permissions: permissionsOf(id, row.permissions),
    isActive: row.isActive,
    owners: owners.length,
  };
}
