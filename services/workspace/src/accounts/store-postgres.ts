import type {
  Account,
  AccountStatus,
  Actor,
  AuditAction,
  Permission,
  Refusal,
  Revocation,
  RoleId,
} from '@baton/contracts';
import { byAccount, byActor } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { lockRoles } from '../roles/lock-roles-postgres.ts';
import type { Target } from './decisions.ts';
import { endResets, withdrawLinks } from './open-links-postgres.ts';
import { ACCOUNT, type AccountRow, lockAccounts, toAccount } from './rows-postgres.ts';

/** What is done to an account by somebody who may do it. */
export type Change = { kind: 'status'; status: AccountStatus } | { kind: 'role'; roleId: RoleId } | { kind: 'remove' };

export type Changed =
  | { kind: 'changed'; account: Account | undefined; revocation: Revocation | undefined }
  | { kind: 'unknown' }
  | { kind: 'no role' }
  | { kind: 'refused'; refusal: Refusal<'FORBIDDEN' | 'LAST_OWNER'> };

const noted = (change: Change): { action: AuditAction; details?: { roleId: RoleId } } => {
  switch (change.kind) {
    case 'status':
      return { action: change.status === 'active' ? 'account.restored' : 'account.suspended' };
    case 'role':
      return { action: 'role.assigned', details: { roleId: change.roleId } };
    case 'remove':
      return { action: 'account.removed' };
  }
};

export function createAccountStore(database: Database) {
  return {
    async read(id: string): Promise<Account | undefined> {
      const [row] = await database.statement<AccountRow>(
        `/* read account */ SELECT ${ACCOUNT} FROM accounts a WHERE a.id = $1`,
        id,
      );
      return row === undefined ? undefined : toAccount(row);
    },

    async hasMail(mail: string): Promise<boolean> {
      const rows = await database.statement('/* has mail */ SELECT 1 FROM accounts WHERE mail = $1', mail);
      return rows.length > 0;
    },

    async readPassword(id: string): Promise<{ mail: string; passwordHash: string | null } | undefined> {
      const [row] = await database.statement<{ mail: string; passwordHash: string | null }>(
        '/* read password */ SELECT mail, password_hash AS "passwordHash" FROM accounts WHERE id = $1',
        id,
      );
      return row;
    },

    async list(afterId: string | undefined, limit: number): Promise<{ accounts: Account[]; hasMore: boolean }> {
      const rows = await database.statement<AccountRow>(
        `/* list accounts */ SELECT ${ACCOUNT} FROM accounts a WHERE $1::text IS NULL OR a.id > $1 ORDER BY a.id LIMIT $2`,
        afterId ?? null,
        limit + 1,
      );
      return { accounts: rows.slice(0, limit).map(toAccount), hasMore: rows.length > limit };
    },

    rename: (id: string, name: string): Promise<Account | undefined> =>
      database.transaction(async (transaction) => {
        const [row] = await transaction.statement<AccountRow>(
          `/* rename account */ UPDATE accounts a SET name = $2 WHERE a.id = $1 RETURNING ${ACCOUNT}`,
          id,
          name,
        );
        if (row === undefined) return undefined;
        await noteInAudit(transaction, { by: byAccount(id), action: 'account.renamed', on: { kind: 'account', id } });
        return toAccount(row);
      }),

    /** The same password under newer parameters; nothing when it was changed meanwhile. */
    async replacePasswordHash(id: string, old: string, fresh: string): Promise<void> {
      await database.statement(
        '/* replace password hash */ UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
        id,
        old,
        fresh,
      );
    },

    /** A new password, by the person; every other login ends. False when the account has changed meanwhile. */
    changePassword: (
      actor: Extract<Actor, { kind: 'account' }>,
      passwordHash: string,
    ): Promise<Revocation | undefined> =>
      database.transaction(async (transaction) => {
        const id = actor.accountId;
        const changed = await transaction.statement(
          `/* change password */
          UPDATE accounts SET password_hash = $3, epoch = epoch + 1 WHERE id = $1 AND epoch = $2 RETURNING id`,
          id,
          actor.epoch,
          passwordHash,
        );
        if (changed.length === 0) return undefined;
        await transaction.statement('DELETE FROM logins WHERE account_id = $1 AND id <> $2', id, actor.loginId);
        await endResets(transaction, { account: id });
        await noteInAudit(transaction, { by: byAccount(id), action: 'password.changed', on: { kind: 'account', id } });
        return revoke(transaction, 'account', id, 'password');
      }),

    /**
     * Changes an account that is locked meanwhile together with all owners, and with the role that it is given.
     * @param decide the refusal, if there is one; `given`: the permissions of that role
     */
    change: (
      actor: Actor,
      accountId: string,
      change: Change,
      decide: (
        target: Target,
        owners: number,
        given: readonly Permission[],
      ) => Refusal<'FORBIDDEN' | 'LAST_OWNER'> | undefined,
    ): Promise<Changed> =>
      database.transaction(async (transaction) => {
        const { accounts, owners } = await lockAccounts(transaction, [accountId]);
        const target = accounts.get(accountId);
        if (target === undefined) return { kind: 'unknown' };
        const given = change.kind === 'role' ? (await lockRoles(transaction, [change.roleId])).get(change.roleId) : [];
        if (given === undefined) return { kind: 'no role' };
        const refusal = decide(target, owners, given);
        if (refusal !== undefined) return { kind: 'refused', refusal };
        const [row] = await transaction.statement<AccountRow>(...statementOf(accountId, change));
        const account = row === undefined ? undefined : toAccount(row);
        if (change.kind === 'status' && change.status === 'suspended')
          await transaction.statement('DELETE FROM logins WHERE account_id = $1', accountId);
        await endResets(transaction, { account: accountId });
        await withdrawLinks(transaction, byActor(actor));
        await noteInAudit(transaction, {
          by: byActor(actor),
          on: { kind: 'account', id: accountId },
          ...noted(change),
        });
        const ends = change.kind !== 'status' || change.status === 'suspended';
        const reason = change.kind === 'role' ? 'role' : change.kind === 'remove' ? 'removed' : 'suspended';
        const revocation = ends ? await revoke(transaction, 'account', accountId, reason) : undefined;
        return { kind: 'changed', account, revocation };
      }),
  };
}

/** A status or a role raises the epoch: what was given on the strength of the old one no longer holds. */
function statementOf(id: string, change: Change): [sql: string, ...values: unknown[]] {
  switch (change.kind) {
    case 'status':
      return [
        `UPDATE accounts a SET status = $2::account_status, epoch = epoch + 1 WHERE a.id = $1 RETURNING ${ACCOUNT}`,
        id,
        change.status,
      ];
    case 'role':
      return [
        `UPDATE accounts a SET role_id = $2, epoch = epoch + 1 WHERE a.id = $1 RETURNING ${ACCOUNT}`,
        id,
        change.roleId,
      ];
    case 'remove':
      return ['DELETE FROM accounts WHERE id = $1', id];
  }
}
