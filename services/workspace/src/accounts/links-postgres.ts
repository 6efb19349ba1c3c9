import type { Account, Invitation, LinkKind, LoginGranted, Refusal, Revocation, RoleId } from '@baton/contracts';
import { roleId as roleIdSchema } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { newId } from '@baton/runtime';
import { type AuditNote, byAccount, SYSTEM } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import { type LoginLifetime, startLogin } from '../logins/start-login-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { hashOf, newSecret } from '../platform/secrets.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { lockRoles } from '../roles/lock-roles-postgres.ts';
import { refuseChangeOf, refuseGrant, refuseLink } from './decisions.ts';
import { endResets, OPEN } from './open-links-postgres.ts';
import { ACCOUNT, type AccountRow, lockAccounts, toAccount } from './rows-postgres.ts';

/** Open invitations at once: each may become an account. */
const MAX_OPEN = 500;

interface InvitationRow extends Omit<Invitation, 'roleId' | 'createdAt' | 'expiresAt'> {
  roleId: string;
  createdAt: Date;
  expiresAt: Date;
}
const INVITATION = `id, mail, name, role_id AS "roleId", created_at AS "createdAt", expires_at AS "expiresAt"`;
const toInvitation = (row: InvitationRow): Invitation => ({
  ...row,
  roleId: roleIdSchema.parse(row.roleId),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
});

export type Accepted =
  | { kind: 'accepted'; account: Account; login: LoginGranted }
  | { kind: 'unknown' | 'mail missing' | 'mail taken' };

interface WantedInvitation {
  mail?: string | undefined;
  name?: string | undefined;
  roleId: RoleId;
  validHours: number;
}

type NotAllowed = { kind: 'refused'; refusal: Refusal<'FORBIDDEN'> };
export type Invited =
  | { kind: 'made'; invitation: Invitation; token: string }
  | NotAllowed
  | { kind: 'no role' | 'too many' };
export type ResetMade = { kind: 'made'; token: string; expiresAt: string } | NotAllowed | { kind: 'unknown' };

export interface NewAccount {
  mail: string | undefined;
  name: string;
  passwordHash: string;
  device: string;
}

/** Uses up a link; of two who come with the same one, the second finds it used. */
async function useLink(transaction: Statements, token: string, kinds: readonly LinkKind[]) {
  const [link] = await transaction.statement<{
    id: string;
    kind: LinkKind;
    mail: string | null;
    roleId: string | null;
    accountId: string | null;
  }>(
    `/* use link */ UPDATE links SET used_at = now() WHERE token_hash = $1 AND ${OPEN} AND kind = ANY ($2::link_kind[])
    RETURNING id, kind, mail, role_id AS "roleId", account_id AS "accountId"`,
    hashOf(token),
    kinds,
  );
  return link;
}

/** What was begun is undone, and this is the answer. */
class Undo extends Error {
  readonly answer: Extract<Accepted, { kind: 'unknown' | 'mail missing' | 'mail taken' }>['kind'];
  constructor(answer: Undo['answer']) {
    super(answer);
    this.answer = answer;
  }
}

export function createLinkStore(database: Database, lifetime: LoginLifetime) {
  return {
    /**
     * An invitation and its secret.
     * @param makerId who invites; undefined for this machine, which may invite to any role
     */
    invite: (makerId: string | undefined, { mail, name, roleId, validHours }: WantedInvitation): Promise<Invited> =>
      database.transaction(async (transaction) => {
        const { accounts } = await lockAccounts(transaction, makerId === undefined ? [] : [makerId]);
        const given = (await lockRoles(transaction, [roleId])).get(roleId);
        if (given === undefined) return { kind: 'no role' };
        const refusal =
          makerId === undefined ? undefined : refuseLink(accounts.get(makerId), (maker) => refuseGrant(maker, given));
        if (refusal !== undefined) return { kind: 'refused', refusal };
        const { secret, hash } = newSecret();
        const [row] = await transaction.statement<InvitationRow>(
          `/* create invitation */
          INSERT INTO links (id, kind, token_hash, mail, name, role_id, created_by, expires_at)
          SELECT $1, 'invitation', $2, $3, $4, $5, $6, now() + make_interval(hours => $7)
          WHERE (SELECT count(*) FROM links WHERE kind = 'invitation' AND ${OPEN}) < ${MAX_OPEN}
          RETURNING ${INVITATION}`,
          newId(),
          hash,
          mail ?? null,
          name ?? null,
          roleId,
          makerId ?? null,
          validHours,
        );
        if (row === undefined) return { kind: 'too many' };
        await noteInAudit(transaction, {
          by: makerId === undefined ? SYSTEM : byAccount(makerId),
          action: 'invitation.created',
          on: { kind: 'invitation', id: row.id },
          details: { roleId },
        });
        return { kind: 'made', invitation: toInvitation(row), token: secret };
      }),

    async list(): Promise<Invitation[]> {
      const rows = await database.statement<InvitationRow>(
        `/* list invitations */ SELECT ${INVITATION} FROM links WHERE kind = 'invitation' AND ${OPEN} ORDER BY id`,
      );
      return rows.map(toInvitation);
    },

    revoke: (by: AuditNote['by'], id: string): Promise<boolean> =>
      database.transaction(async (transaction) => {
        const gone = await transaction.statement(
          `/* revoke invitation */ DELETE FROM links WHERE id = $1 AND kind = 'invitation' AND ${OPEN} RETURNING id`,
          id,
        );
        if (gone.length === 0) return false;
        await noteInAudit(transaction, { by, action: 'invitation.revoked', on: { kind: 'invitation', id } });
        return true;
      }),

    async read(token: string) {
      const [link] = await database.statement<{
        kind: LinkKind;
        mail: string | null;
        name: string | null;
        expiresAt: Date;
      }>(
        `/* read link */ SELECT l.kind, coalesce(l.mail, a.mail) AS mail, coalesce(l.name, a.name) AS name,
          l.expires_at AS "expiresAt"
        FROM links l LEFT JOIN accounts a ON a.id = l.account_id WHERE l.token_hash = $1 AND ${OPEN}`,
        hashOf(token),
      );
      return link;
    },

    /** The account that a link invites to, and its first login. */
    async accept(token: string, fresh: NewAccount): Promise<Accepted> {
      try {
        return await database.transaction(async (transaction) => {
          const link = await useLink(transaction, token, ['invitation', 'owner']);
          if (link === undefined) throw new Undo('unknown');
          if (link.kind === 'owner' && (await hasOwner(transaction))) throw new Undo('unknown');
          const mail = link.mail ?? fresh.mail;
          if (mail === undefined) throw new Undo('mail missing');
          const [row] = await transaction.statement<AccountRow>(
            `/* create account */
            INSERT INTO accounts AS a (id, mail, mail_confirmed, name, role_id, password_hash)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (mail) DO NOTHING RETURNING ${ACCOUNT}`,
            newId(),
            mail,
            link.mail !== null,
            fresh.name,
            link.roleId,
            fresh.passwordHash,
          );
          if (row === undefined) throw new Undo('mail taken');
          await noteInAudit(transaction, {
            by: byAccount(row.id),
            action: 'account.created',
            on: { kind: 'account', id: row.id },
            details: { roleId: row.roleId, link: link.id },
          });
          const started = await startLogin(
            transaction,
            { accountId: row.id, epoch: 1, method: 'link', device: fresh.device },
            lifetime,
          );
          if (started === undefined) throw new Error('an account that was just made cannot log in');
          const account = { ...toAccount(row), lastLoginAt: new Date().toISOString() };
          return { kind: 'accepted', account, login: started.login };
        });
      } catch (error) {
        if (error instanceof Undo) return { kind: error.answer };
        throw error;
      }
    },

    /** A link for a new password; earlier ones are worthless. */
    createReset: (makerId: string, accountId: string, validHours: number): Promise<ResetMade> =>
      database.transaction(async (transaction) => {
        const { accounts } = await lockAccounts(transaction, [makerId, accountId]);
        const target = accounts.get(accountId);
        if (target === undefined) return { kind: 'unknown' };
        const refusal = refuseLink(accounts.get(makerId), (maker) => refuseChangeOf(maker, target));
        if (refusal !== undefined) return { kind: 'refused', refusal };
        await endResets(transaction, { account: accountId });
        const { secret, hash } = newSecret();
        const [row] = await transaction.statement<{ expiresAt: Date }>(
          `/* create reset link */
          INSERT INTO links (id, kind, token_hash, account_id, created_by, expires_at)
          VALUES ($1, 'reset', $2, $3, $4, now() + make_interval(hours => $5)) RETURNING expires_at AS "expiresAt"`,
          newId(),
          hash,
          accountId,
          makerId,
          validHours,
        );
        if (row === undefined) throw new Error('a link was not made');
        await noteInAudit(transaction, {
          by: byAccount(makerId),
          action: 'reset_link.created',
          on: { kind: 'account', id: accountId },
        });
        return { kind: 'made', token: secret, expiresAt: row.expiresAt.toISOString() };
      }),

    /** The new password of the account that a link is for; all its logins end. */
    async reset(token: string, passwordHash: string): Promise<{ mail: string; revocation: Revocation } | undefined> {
      return database.transaction(async (transaction) => {
        // The account before its link, in the order of a change of the account: else the two wait for each other.
        await transaction.statement(
          `/* lock account of link */ SELECT a.id FROM accounts a JOIN links l ON l.account_id = a.id
          WHERE l.token_hash = $1 FOR UPDATE OF a`,
          hashOf(token),
        );
        const link = await useLink(transaction, token, ['reset']);
        if (link?.accountId == null) return undefined;
        const id = link.accountId;
        const [account] = await transaction.statement<{ mail: string }>(
          '/* reset password */ UPDATE accounts SET password_hash = $2, epoch = epoch + 1 WHERE id = $1 RETURNING mail',
          id,
          passwordHash,
        );
        if (account === undefined) return undefined;
        await transaction.statement('DELETE FROM logins WHERE account_id = $1', id);
        await noteInAudit(transaction, { by: byAccount(id), action: 'password.reset', on: { kind: 'account', id } });
        return { mail: account.mail, revocation: await revoke(transaction, 'account', id, 'password') };
      });
    },

    /** The link of the first owner; undefined once there is one. */
    createOwnerLink: (validHours: number): Promise<{ token: string; expiresAt: Date } | undefined> =>
      database.transaction(async (transaction) => {
        if (await hasOwner(transaction)) return undefined;
        const { secret, hash } = newSecret();
        const [row] = await transaction.statement<{ expiresAt: Date }>(
          `/* create owner link */ INSERT INTO links (id, kind, token_hash, role_id, expires_at)
          VALUES ($1, 'owner', $2, 'owner', now() + make_interval(hours => $3)) RETURNING expires_at AS "expiresAt"`,
          newId(),
          hash,
          validHours,
        );
        await noteInAudit(transaction, { by: SYSTEM, action: 'owner_link.created' });
        return row && { token: secret, expiresAt: row.expiresAt };
      }),
  };
}
export type LinkStore = ReturnType<typeof createLinkStore>;

/** The role's row is locked: of two links of the first owner that are used at once, one makes the owner. */
async function hasOwner(transaction: Statements): Promise<boolean> {
  await transaction.statement("/* lock owner role */ SELECT id FROM roles WHERE id = 'owner' FOR NO KEY UPDATE");
  const owners = await transaction.statement("/* any owner */ SELECT id FROM accounts WHERE role_id = 'owner' LIMIT 1");
  return owners.length > 0;
}
