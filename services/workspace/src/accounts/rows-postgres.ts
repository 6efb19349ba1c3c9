import { type Account, roleId } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { lockRoles } from '../roles/lock-roles-postgres.ts';
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

export interface LockedAccounts {
  /** Active ones. */
  owners: number;
  /** Those that were asked for and exist, by their ids. */
  accounts: ReadonlyMap<string, Target>;
}

/**
 * Locks accounts and all owners until the transaction ends, and the roles that they have, so that what is decided on
 * them holds: of two that remove each other the second finds the last owner.
 */
export async function lockAccounts(transaction: Statements, ids: readonly string[]): Promise<LockedAccounts> {
  // In the order of ids, so that two transactions do not wait for each other.
  const rows = await transaction.statement<{ id: string; roleId: string; isActive: boolean }>(
    `/* lock accounts */ SELECT id, role_id AS "roleId", status = 'active' AS "isActive" FROM accounts
    WHERE id = ANY ($1) OR (role_id = 'owner' AND status = 'active') ORDER BY id FOR UPDATE`,
    ids,
  );
  // A statement of its own: it sees a role that was given while the first one waited.
  const roles = await lockRoles(
    transaction,
    rows.map((row) => row.roleId),
  );
  const targetOf = (row: (typeof rows)[number]): Target => ({
    roleId: roleId.parse(row.roleId),
    permissions: roles.get(row.roleId) ?? [],
    isActive: row.isActive,
  });
  return {
    owners: rows.filter((row) => row.roleId === 'owner' && row.isActive).length,
    accounts: new Map(rows.filter(({ id }) => ids.includes(id)).map((row) => [row.id, targetOf(row)])),
  };
}
