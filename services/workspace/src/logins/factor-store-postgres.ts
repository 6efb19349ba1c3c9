import type { Statements } from '@baton/postgres';
import type { AccountActor } from '../access.ts';
import { byAccount } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';

async function replaceCodes(transaction: Statements, accountId: string, hashes: readonly Buffer[]): Promise<void> {
  await transaction.statement('DELETE FROM recovery_codes WHERE account_id = $1', accountId);
  await transaction.statement(
    'INSERT INTO recovery_codes (account_id, code_hash) SELECT $1, unnest($2::bytea[])',
    accountId,
    hashes,
  );
}

/** The authenticator app of an account, and the codes that replace it. */
export function createFactorStore(database: Database) {
  return {
    /** Keeps a secret that is not confirmed yet, in place of an earlier one; false when one is in use. */
    async begin(accountId: string, sealed: string): Promise<boolean> {
      const rows = await database.statement(
        `/* begin totp */
        UPDATE accounts SET totp_secret = $2, totp_step = 0 WHERE id = $1 AND totp_since IS NULL RETURNING id`,
        accountId,
        sealed,
      );
      return rows.length > 0;
    },

    async readBegun(accountId: string): Promise<{ sealed: string; lastStep: number } | undefined> {
      const [row] = await database.statement<{ sealed: string; lastStep: number }>(
        `/* read begun totp */ SELECT totp_secret AS sealed, totp_step AS "lastStep" FROM accounts
        WHERE id = $1 AND totp_since IS NULL AND totp_secret IS NOT NULL`,
        accountId,
      );
      return row;
    },

    /** A page of the secrets that are in use, in the order of accounts. */
    listSealed: (afterId: string, limit: number): Promise<{ accountId: string; sealed: string }[]> =>
      database.statement(
        `/* list sealed */ SELECT id AS "accountId", totp_secret AS sealed FROM accounts
        WHERE id > $1 AND totp_since IS NOT NULL ORDER BY id LIMIT $2`,
        afterId,
        limit,
      ),

    /** The same secret, sealed anew; false when it has changed meanwhile. */
    async replaceSealed(accountId: string, old: string, fresh: string): Promise<boolean> {
      const rows = await database.statement(
        '/* replace sealed */ UPDATE accounts SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2 RETURNING id',
        accountId,
        old,
        fresh,
      );
      return rows.length > 0;
    },

    /** From now on logins need a code. False when another request was first, or another secret has replaced this one. */
    confirm: (actor: AccountActor, sealed: string, step: number, codes: readonly Buffer[]): Promise<boolean> =>
      database.transaction(async (transaction) => {
        const id = actor.accountId;
        const confirmed = await transaction.statement(
          `/* confirm totp */ UPDATE accounts SET totp_since = now(), totp_step = $3
          WHERE id = $1 AND totp_secret = $2 AND totp_since IS NULL RETURNING id`,
          id,
          sealed,
          step,
        );
        if (confirmed.length === 0) return false;
        await replaceCodes(transaction, id, codes);
        await noteInAudit(transaction, { by: byAccount(id), action: 'totp.added', on: { kind: 'account', id } });
        return true;
      }),

    remove: ({ accountId: id }: AccountActor): Promise<void> =>
      database.transaction(async (transaction) => {
        const had = await transaction.statement(
          `/* remove totp */ UPDATE accounts SET totp_since = NULL, totp_secret = NULL WHERE id = $1 AND totp_secret IS NOT NULL
          RETURNING id`,
          id,
        );
        if (had.length === 0) return;
        await replaceCodes(transaction, id, []);
        await noteInAudit(transaction, { by: byAccount(id), action: 'totp.removed', on: { kind: 'account', id } });
      }),

    /** False when the account has no authenticator app. */
    renewCodes: ({ accountId: id }: AccountActor, codes: readonly Buffer[]): Promise<boolean> =>
      database.transaction(async (transaction) => {
        const has = await transaction.statement(
          '/* lock totp */ SELECT id FROM accounts WHERE id = $1 AND totp_since IS NOT NULL FOR UPDATE',
          id,
        );
        if (has.length === 0) return false;
        await replaceCodes(transaction, id, codes);
        const on = { kind: 'account', id } as const;
        await noteInAudit(transaction, { by: byAccount(id), action: 'recovery_codes.renewed', on });
        return true;
      }),
  };
}
export type FactorStore = ReturnType<typeof createFactorStore>;
