import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { type Access, ifFresh, refuseStale } from '../access.ts';
import { byActor } from '../audit/note.ts';
import { mailHash } from '../logins/lockout.ts';
import type { Passwords } from '../logins/passwords.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';
import { refuseChangeOf, refuseGrant, refuseLastOwner } from './decisions.ts';
import type { Change } from './store-postgres.ts';

type AccountHandlers = Pick<
  Handlers<WorkspaceApi>,
  | 'createInvitation'
  | 'listInvitations'
  | 'revokeInvitation'
  | 'readLink'
  | 'acceptInvitation'
  | 'getAccount'
  | 'updateAccount'
  | 'changePassword'
  | 'createResetLink'
  | 'resetPassword'
  | 'listAccounts'
  | 'setAccountStatus'
  | 'removeAccount'
  | 'assignRole'
>;

const noSuchAccount = () => refuse('NOT_FOUND', 'There is no such account.');
const noSuchLink = () => refuse('NOT_FOUND', 'This link was used already, has expired, or never was one.');
const noSuchRole = () => refuse('NOT_FOUND', 'There is no such role.', 'roleId');
const mailTaken = () => refuse('ALREADY_EXISTS', 'This mail address has an account already.', 'mail');

export function accountEndpoints(parts: {
  access: Access;
  stores: Pick<Stores, 'accounts' | 'links' | 'failures'>;
  passwords: Passwords;
  publications: Publications;
}): AccountHandlers {
  const { access, passwords, publications } = parts;
  const { accounts, links, failures } = parts.stores;

  /** The change, if the caller may do as much as the account may and an owner is left. */
  const change = async (actor: Parameters<typeof byActor>[0], accountId: string, what: Change) => {
    const leavesOwner =
      (what.kind === 'role' && what.roleId === 'owner') || (what.kind === 'status' && what.status === 'active');
    const done = await accounts.change(
      actor,
      accountId,
      what,
      (target, owners, given) =>
        refuseGrant(actor, given) ??
        refuseChangeOf(actor, target) ??
        (leavesOwner ? undefined : refuseLastOwner(target, owners)),
    );
    if (done.kind === 'unknown') return noSuchAccount();
    if (done.kind === 'no role') return noSuchRole();
    if (done.kind === 'refused') return done.refusal;
    if (done.revocation !== undefined) publications.revoked(done.revocation);
    return done;
  };

  return {
    createInvitation: access.forPermission(
      'createInvitation',
      ifFresh(async (request, { accountId }) => {
        if (request.mail !== undefined && (await accounts.hasMail(request.mail))) return mailTaken();
        const made = await links.invite(accountId, request);
        switch (made.kind) {
          case 'made':
            return accept({ token: made.token, invitation: made.invitation, expiresAt: made.invitation.expiresAt });
          case 'refused':
            return made.refusal;
          case 'no role':
            return noSuchRole();
          case 'too many':
            return refuse('TOO_MANY', 'Too many invitations are open. Revoke some of them first.');
        }
      }),
    ),

    listInvitations: access.forPermission('listInvitations', async () => accept({ invitations: await links.list() })),

    revokeInvitation: access.forPermission('revokeInvitation', async ({ invitationId }, actor) =>
      (await links.revoke(byActor(actor), invitationId))
        ? accept({})
        : refuse('NOT_FOUND', 'There is no such invitation that could still be accepted.'),
    ),

    async readLink({ token }) {
      const link = await links.read(token);
      return link === undefined ? noSuchLink() : accept({ ...link, expiresAt: link.expiresAt.toISOString() });
    },

    async acceptInvitation({ token, password, mail, name, device }) {
      // Before the password, which costs: a made-up link costs as little as it can.
      const link = await links.read(token);
      if (link === undefined || link.kind === 'reset') return noSuchLink();
      const passwordHash = await passwords.hash(password);
      const accepted = await links.accept(token, { mail, name, device, passwordHash });
      switch (accepted.kind) {
        case 'accepted':
          return accept({ account: accepted.account, login: accepted.login });
        case 'mail taken':
          return mailTaken();
        case 'mail missing':
          return refuse('VALIDATION_FAILED', 'mail: is needed, as the invitation names none', 'mail');
        case 'unknown':
          return noSuchLink();
      }
    },

    getAccount: access.forSelf('getAccount', async (_, { accountId, permissions }) => {
      const account = await accounts.read(accountId);
      return account === undefined
        ? refuse('UNAUTHENTICATED', 'The account is gone.')
        : accept({ account, permissions });
    }),

    updateAccount: access.forSelf('updateAccount', async ({ name }, { accountId }) => {
      const account = await accounts.rename(accountId, name);
      return account === undefined ? refuse('UNAUTHENTICATED', 'The account is gone.') : accept({ account });
    }),

    changePassword: access.forSelf('changePassword', async ({ current, password, addressHash }, actor) => {
      const kept = await accounts.readPassword(actor.accountId);
      if (kept?.passwordHash == null) {
        // Without one to ask for, the login has to be fresh.
        const stale = refuseStale(actor);
        if (stale !== undefined) return stale;
      } else {
        const by = { mail: mailHash(kept.mail), address: addressHash };
        if (!(await failures.begin(by)))
          return refuse('RATE_LIMITED', 'Too many attempts failed. Wait a while, then try again.');
        if (!(await passwords.matches(kept.passwordHash, current ?? '')))
          return refuse('WRONG_PASSWORD', 'current: the password is wrong', 'current');
        await failures.succeeded(by);
      }
      const revocation = await accounts.changePassword(actor, await passwords.hash(password));
      if (revocation === undefined) return refuse('UNAUTHENTICATED', 'You are not logged in, or no longer.');
      publications.revoked(revocation);
      return accept({});
    }),

    createResetLink: access.forPermission(
      'createResetLink',
      ifFresh(async ({ accountId, validHours }, maker) => {
        const made = await links.createReset(maker.accountId, accountId, validHours);
        if (made.kind === 'unknown') return noSuchAccount();
        return made.kind === 'refused' ? made.refusal : accept({ token: made.token, expiresAt: made.expiresAt });
      }),
    ),

    async resetPassword({ token, password }) {
      const link = await links.read(token);
      if (link?.kind !== 'reset') return noSuchLink();
      const done = await links.reset(token, await passwords.hash(password));
      if (done === undefined) return noSuchLink();
      publications.revoked(done.revocation);
      return accept({ mail: done.mail });
    },

    listAccounts: access.forPermission('listAccounts', async ({ afterId, limit }) =>
      accept(await accounts.list(afterId, limit)),
    ),

    setAccountStatus: access.forPermission('setAccountStatus', async ({ accountId, status }, actor) => {
      const done = await change(actor, accountId, { kind: 'status', status });
      if ('ok' in done) return done;
      return done.account === undefined ? noSuchAccount() : accept({ account: done.account });
    }),

    removeAccount: access.forPermission('removeAccount', async ({ accountId }, actor) => {
      const done = await change(actor, accountId, { kind: 'remove' });
      return 'ok' in done ? done : accept({});
    }),

    assignRole: access.forPermission('assignRole', async ({ accountId, roleId }, actor) => {
      const done = await change(actor, accountId, { kind: 'role', roleId });
      return 'ok' in done ? done : accept({ accountId, roleId });
    }),
  };
}
