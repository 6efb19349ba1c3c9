import type { Revocation } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { endResets } from '../accounts/open-links-postgres.ts';
import { byAccount, NOBODY } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import { beginStep, type LoginLifetime, type LoginStarted, startLogin } from '../logins/start-login-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { acceptInvitation } from './invited-postgres.ts';
import { linkIdentity, lockProvider, noteLink } from './link-postgres.ts';
import { isLoggedOut } from './logouts-postgres.ts';
import type { Proof, Reason } from './proof.ts';

export type LoggedIn =
  | { kind: 'started'; started: LoginStarted; revocations: Revocation[] }
  | { kind: 'step'; step: string }
  | { kind: 'refused'; reason: Reason; accountId?: string };

interface AccountRow {
  id: string;
  epoch: number;
  isActive: boolean;
  hasTotp: boolean;
  mailConfirmed: boolean;
  isLinked: boolean;
}
const ACCOUNT = `a.id, a.epoch, a.status = 'active' AS "isActive", a.totp_since IS NOT NULL AS "hasTotp",
  a.mail_confirmed AS "mailConfirmed"`;

/** The account that has this identity; else the one that has the mail address which the provider has verified. */
async function lockAccount(transaction: Statements, { issuer, subject, mail }: Proof): Promise<AccountRow | undefined> {
  const [linked] = await transaction.statement<AccountRow>(
    `/* account of identity */ SELECT ${ACCOUNT}, true AS "isLinked"
    FROM identities i JOIN accounts a ON a.id = i.account_id WHERE i.issuer = $1 AND i.subject = $2 FOR UPDATE OF a`,
    issuer,
    subject,
  );
  if (linked !== undefined || mail === undefined) return linked;
  const [named] = await transaction.statement<AccountRow>(
    `/* account of verified mail */ SELECT ${ACCOUNT}, false AS "isLinked" FROM accounts a WHERE a.mail = $1 FOR UPDATE`,
    mail,
  );
  return named;
}

/**
 * The mail address of an account is proven to be somebody's, and so far only the account itself had named it: its
 * password may be that of another person, who wanted this one to use the account. It ends, and every login.
 */
async function endUnconfirmed(transaction: Statements, id: string): Promise<number> {
  const [account] = await transaction.statement<{ epoch: number }>(
    `/* end unconfirmed */ UPDATE accounts SET password_hash = NULL, mail_confirmed = true, epoch = epoch + 1
    WHERE id = $1 RETURNING epoch`,
    id,
  );
  if (account === undefined) throw new Error('a locked account is gone');
  await transaction.statement('DELETE FROM logins WHERE account_id = $1', id);
  await endResets(transaction, { account: id });
  return account.epoch;
}

/** Logins by what a provider has proven. */
export function createIdentityStore(database: Database, lifetime: LoginLifetime) {
  return {
    /**
     * @param trustMfa whether a second factor at the provider takes the place of the account's own. It never does where
     *   an account is linked: that is proven by what the account has.
     */
    logIn: (proof: Proof, { device, trustMfa }: { device: string; trustMfa: boolean }): Promise<LoggedIn> =>
      database.transaction(async (transaction) => {
        await lockProvider(transaction, proof.issuer);
        if (await isLoggedOut(transaction, proof)) return { kind: 'refused', reason: 'logged out' };
        const begun = { method: 'oidc' as const, device, identity: proof };
        const start = (accountId: string, epoch: number) =>
          startLogin(transaction, { ...begun, accountId, epoch, authenticatedAt: proof.authenticatedAt }, lifetime);

        const account = await lockAccount(transaction, proof);
        if (account === undefined) {
          if (proof.mail === undefined) return { kind: 'refused', reason: 'mail' };
          const accountId = await acceptInvitation(transaction, { mail: proof.mail, name: proof.name });
          if (accountId === undefined) return { kind: 'refused', reason: 'no account' };
          await linkIdentity(transaction, accountId, proof);
          await noteLink(transaction, accountId, proof);
          const started = await start(accountId, 1);
          if (started === undefined) throw new Error('an account that was just made cannot log in');
          return { kind: 'started', started, revocations: [] };
        }

        const { id: accountId, isLinked } = account;
        if (!account.isActive) return { kind: 'refused', reason: 'suspended', accountId };
        if (account.hasTotp && !(isLinked && trustMfa && proof.hasMfa))
          return { kind: 'step', step: await beginStep(transaction, { ...begun, accountId, epoch: account.epoch }) };
        if (!isLinked && (await linkIdentity(transaction, accountId, proof)) === 'taken')
          return { kind: 'refused', reason: 'other identity', accountId };
        const endsOthers = !isLinked && !account.mailConfirmed;
        const epoch = endsOthers ? await endUnconfirmed(transaction, accountId) : account.epoch;
        const started = await start(accountId, epoch);
        if (started === undefined) throw new Error('a locked account cannot log in');
        if (!isLinked) await noteLink(transaction, accountId, proof);
        if (!endsOthers) return { kind: 'started', started, revocations: [] };
        const on = { kind: 'account', id: accountId } as const;
        await noteInAudit(transaction, { by: byAccount(accountId), action: 'password.removed', on });
        return { kind: 'started', started, revocations: [await revoke(transaction, 'account', accountId, 'password')] };
      }),

    noteRefusal: (providerId: string, { reason, accountId }: { reason: Reason; accountId?: string }): Promise<void> =>
      database.transaction((transaction) =>
        noteInAudit(transaction, {
          by: NOBODY,
          action: 'login.refused',
          ...(accountId !== undefined && { on: { kind: 'account' as const, id: accountId } }),
          details: { provider: providerId, reason },
        }),
      ),
  };
}
