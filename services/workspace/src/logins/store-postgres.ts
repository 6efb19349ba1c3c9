import { type Login, type Revocation, roleId as roleIdSchema } from '@baton/contracts';
import type { AccountActor } from '../access.ts';
import { byAccount } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { hashOf } from '../platform/secrets.ts';
import { linkIdentity, noteLink } from '../providers/link-postgres.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { permissionsOf } from '../roles/permissions-of.ts';
import {
  beginStep,
  type LoginLifetime,
  type LoginStarted,
  type NewLogin,
  type ProvenIdentity,
  startLogin,
} from './start-login-postgres.ts';

/** How exact `lastSeenAt` is, and how rarely a login that is used is written. */
const SEEN_EVERY_SECONDS = 60;

interface ActorRow {
  loginId: string;
  accountId: string;
  name: string;
  roleId: string;
  permissions: string[];
  epoch: number;
  authenticatedAt: Date;
  expiresAt: Date;
  isStale: boolean;
}

const AUTHENTICATE = `/* authenticate login */
SELECT l.id AS "loginId", a.id AS "accountId", a.name, a.role_id AS "roleId", r.permissions, a.epoch,
  l.authenticated_at AS "authenticatedAt", l.expires_at AS "expiresAt",
  l.last_seen_at < now() - make_interval(secs => ${SEEN_EVERY_SECONDS}) AS "isStale"
FROM logins l JOIN accounts a ON a.id = l.account_id JOIN roles r ON r.id = a.role_id
WHERE l.token_hash = $1 AND l.expires_at > now() AND a.status = 'active'`;

/** What a login by password needs to know of an account. */
export interface LoginAccount {
  id: string;
  mail: string;
  passwordHash: string | null;
  epoch: number;
  status: 'active' | 'suspended';
  totpSecret: string | null;
  hasTotp: boolean;
  totpStep: number;
}
const LOGIN_ACCOUNT = `a.id, a.mail, a.password_hash AS "passwordHash", a.epoch, a.status, a.totp_secret AS "totpSecret",
  a.totp_since IS NOT NULL AS "hasTotp", a.totp_step AS "totpStep"`;

/** What proves the second factor. */
export type Proof = { kind: 'totp'; step: number } | { kind: 'recovery'; codeHash: Buffer };

/** The proof was used already; what its transaction did is undone. */
class Replayed extends Error {}

export function createLoginStore(database: Database, lifetime: LoginLifetime) {
  return {
    /** Who is logged in by this token: one row by its unique index, and two by their primary keys. */
    async readActor(tokenHash: Buffer): Promise<{ actor: AccountActor; isStale: boolean } | undefined> {
      const [row] = await database.statement<ActorRow>(AUTHENTICATE, tokenHash);
      if (row === undefined) return undefined;
      const roleId = roleIdSchema.parse(row.roleId);
      const actor: AccountActor = {
        kind: 'account',
        accountId: row.accountId,
        loginId: row.loginId,
        name: row.name,
        roleId,
        permissions: permissionsOf(roleId, row.permissions),
        epoch: row.epoch,
        authenticatedAt: row.authenticatedAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      };
      return { actor, isStale: row.isStale };
    },

    /** Notes that a login is used, at most once a minute, and lets it expire later. */
    async noteUse(loginId: string): Promise<void> {
      await database.statement(
        `/* note use of login */
        UPDATE logins SET last_seen_at = now(), expires_at = least(now() + make_interval(hours => $2), ends_at)
        WHERE id = $1 AND last_seen_at < now() - make_interval(secs => ${SEEN_EVERY_SECONDS})`,
        loginId,
        lifetime.idleHours,
      );
    },

    async readAccount(mail: string): Promise<LoginAccount | undefined> {
      const [row] = await database.statement<LoginAccount>(
        `/* login account */ SELECT ${LOGIN_ACCOUNT} FROM accounts a WHERE a.mail = $1`,
        mail,
      );
      return row;
    },

    start: (login: NewLogin): Promise<LoginStarted | undefined> =>
      database.transaction((transaction) => startLogin(transaction, login, lifetime)),

    beginStep: (login: Omit<NewLogin, 'authenticatedAt'>): Promise<string> => beginStep(database, login),

    async readStep(step: string): Promise<LoginAccount | undefined> {
      const [row] = await database.statement<LoginAccount>(
        `/* login step */ SELECT ${LOGIN_ACCOUNT} FROM login_steps s JOIN accounts a ON a.id = s.account_id
        WHERE s.token_hash = $1 AND s.expires_at > now() AND s.epoch = a.epoch AND a.status = 'active'`,
        hashOf(step),
      );
      return row;
    },

    /** Uses up the step and the proof together, and logs in; undefined when one of them is gone. */
    async finishStep(step: string, proof: Proof): Promise<LoginStarted | undefined> {
      try {
        return await database.transaction(async (transaction) => {
          const [begun] = await transaction.statement<
            Pick<NewLogin, 'accountId' | 'epoch' | 'device' | 'method'> &
              ({ issuer: null } | { [Key in keyof ProvenIdentity]: ProvenIdentity[Key] })
          >(
            `/* finish login step */ DELETE FROM login_steps WHERE token_hash = $1
            RETURNING account_id AS "accountId", epoch, device, method, issuer, subject,
              provider_session AS "providerSession"`,
            hashOf(step),
          );
          if (begun === undefined) throw new Replayed();
          const used =
            proof.kind === 'totp'
              ? await transaction.statement(
                  `/* use totp step */ UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING id`,
                  begun.accountId,
                  proof.step,
                )
              : await transaction.statement(
                  '/* use recovery code */ DELETE FROM recovery_codes WHERE account_id = $1 AND code_hash = $2 RETURNING 1',
                  begun.accountId,
                  proof.codeHash,
                );
          if (used.length === 0) throw new Replayed();
          const identity = begun.issuer === null ? undefined : begun;
          // Both are proven now: the person at the provider, and by the second factor that the account is theirs.
          const link = identity && (await linkIdentity(transaction, begun.accountId, identity));
          if (link === 'taken') throw new Replayed();
          const started = await startLogin(transaction, { ...begun, identity }, lifetime);
          if (started === undefined) throw new Replayed();
          if (identity !== undefined && link === 'linked') await noteLink(transaction, begun.accountId, identity);
          if (proof.kind === 'recovery') {
            const by = byAccount(begun.accountId);
            await noteInAudit(transaction, {
              by,
              action: 'recovery_code.used',
              on: { kind: 'account', id: begun.accountId },
            });
          }
          return started;
        });
      } catch (error) {
        if (error instanceof Replayed) return undefined;
        throw error;
      }
    },

    async list(accountId: string, currentId: string): Promise<Login[]> {
      const rows = await database.statement<
        Omit<Login, 'current' | 'createdAt' | 'lastSeenAt' | 'expiresAt'> &
          Record<'createdAt' | 'lastSeenAt' | 'expiresAt', Date>
      >(
        `/* list logins */
        SELECT id, device, method, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt"
        FROM logins WHERE account_id = $1 AND expires_at > now() ORDER BY last_seen_at DESC`,
        accountId,
      );
      return rows.map((row) => ({
        ...row,
        current: row.id === currentId,
        createdAt: row.createdAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      }));
    },

    /** Ends one login of an account; undefined when it has none of this id. */
    end: (accountId: string, loginId: string): Promise<Revocation | undefined> =>
      database.transaction(async (transaction) => {
        const ended = await transaction.statement(
          '/* end login */ DELETE FROM logins WHERE id = $1 AND account_id = $2 RETURNING id',
          loginId,
          accountId,
        );
        if (ended.length === 0) return undefined;
        const on = { kind: 'login', id: loginId } as const;
        await noteInAudit(transaction, { by: byAccount(accountId), action: 'login.ended', on });
        return revoke(transaction, 'login', loginId, 'logged_out');
      }),

    /** Ends all logins of an account but one, if one is named. Steps under way end with the epoch. */
    endAll: (accountId: string, exceptId?: string): Promise<{ ended: number; revocation: Revocation }> =>
      database.transaction(async (transaction) => {
        await transaction.statement('/* raise epoch */ UPDATE accounts SET epoch = epoch + 1 WHERE id = $1', accountId);
        const ended = await transaction.statement(
          '/* end logins */ DELETE FROM logins WHERE account_id = $1 AND id IS DISTINCT FROM $2 RETURNING id',
          accountId,
          exceptId ?? null,
        );
        const details = { logins: ended.length };
        const on = { kind: 'account', id: accountId } as const;
        await noteInAudit(transaction, { by: byAccount(accountId), action: 'login.ended', on, details });
        return { ended: ended.length, revocation: await revoke(transaction, 'account', accountId, 'logged_out') };
      }),
  };
}
