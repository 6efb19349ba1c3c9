import { testSpace } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { accepted, from, PASSWORD, refusal, startWorkspace } from '../../test/workspace.ts';

const space = await testSpace();
const { workspace, database, stores, person, logIn } = await startWorkspace(space);

const codes = (replies: readonly ({ ok: true } | { ok: false; code: string })[]) =>
  replies.map((reply) => (reply.ok ? 'ok' : reply.code)).sort((a, b) => a.localeCompare(b));

describe('the first owner', () => {
  const accept = (token: string, mail = 'first@example.com') =>
    workspace.acceptInvitation({ token, mail, name: 'First', password: PASSWORD, ...from() });

  it('is made by one of the links of the first starts, and then no further one is made or works', async () => {
    const [one, two] = [await stores.links.createOwnerLink(1), await stores.links.createOwnerLink(1)];
    const replies = await Promise.all([accept(one?.token ?? ''), accept(two?.token ?? '', 'second@example.com')]);
    expect(codes(replies)).toEqual(['NOT_FOUND', 'ok']);
    const made = replies.find((reply) => reply.ok);
    expect(made?.ok && made.value.account.roleId).toBe('owner');
    expect(await stores.links.createOwnerLink(1)).toBeUndefined();
    await database.statement("DELETE FROM accounts WHERE role_id = 'owner'");
  });

  it('keeps of a link only a hash', async () => {
    const link = await stores.links.createOwnerLink(1);
    const [row] = await database.statement<{ all: string }>(
      "SELECT string_agg(to_jsonb(l)::text, '') AS all FROM links l",
    );
    expect(row?.all).toBeTruthy();
    expect(row?.all).not.toContain(link?.token);
  });
});

describe('an invitation', () => {
  const invite = async (more: object = {}) => {
    const owner = await person('owner');
    return accepted(await workspace.createInvitation({ credential: owner.credential, roleId: 'agent', ...more }));
  };
  const accept = (token: string, mail: string) =>
    workspace.acceptInvitation({ token, mail, name: 'Ada', password: PASSWORD, ...from() });

  it('makes an account with its role, logged in', async () => {
    const { token } = await invite({ mail: 'ADA@Example.com', name: 'Ada' });
    expect(accepted(await workspace.readLink({ token }))).toMatchObject({
      kind: 'invitation',
      mail: 'ada@example.com',
      name: 'Ada',
    });
    const { account, login } = accepted(
      await workspace.acceptInvitation({ token, name: 'Ada L', password: PASSWORD, ...from() }),
    );
    expect(account).toMatchObject({ mail: 'ada@example.com', name: 'Ada L', roleId: 'agent', hasPassword: true });
    const { actor } = accepted(await workspace.authenticate({ credential: login.token }));
    expect(actor).toMatchObject({ kind: 'account', accountId: account.id, roleId: 'agent' });
  });

  it('is accepted once, however many come at the same time', async () => {
    const { token } = await invite();
    const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => accept(token, `at-once-${n}@example.com`)));
    expect(codes(replies)).toEqual([...Array(7).fill('NOT_FOUND'), 'ok']);
    expect(refusal(await workspace.readLink({ token }))).toBe('NOT_FOUND');
  });

  it('is worth nothing when it is revoked, expired or made up, and nobody can tell which', async () => {
    const owner = await person('owner');
    const revoked = await invite();
    const id = revoked.invitation.id;
    accepted(await workspace.revokeInvitation({ credential: owner.credential, invitationId: id }));
    const expired = await invite();
    await database.statement('UPDATE links SET expires_at = now() WHERE id = $1', expired.invitation.id);
    const replies = await Promise.all(
      [revoked.token, expired.token, 'made up'].map((token) => accept(token, 'x@example.com')),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(codes(replies)).toEqual(Array(3).fill('NOT_FOUND'));
  });

  it('is not for a mail address that has an account, and stays when it was tried with one', async () => {
    const { mail } = await person();
    const owner = await person('owner');
    const request = { credential: owner.credential, roleId: 'agent' as const };
    expect(refusal(await workspace.createInvitation({ ...request, mail }))).toBe('ALREADY_EXISTS');
    const { token } = accepted(await workspace.createInvitation(request));
    expect(refusal(await accept(token, mail.toUpperCase()))).toBe('ALREADY_EXISTS');
    expect((await accept(token, 'another@example.com')).ok).toBe(true);
  });

  it('names a field when no mail address is known', async () => {
    const { token } = await invite();
    const reply = await workspace.acceptInvitation({ token, name: 'Ada', password: PASSWORD, ...from() });
    expect(reply).toMatchObject({ code: 'VALIDATION_FAILED', field: 'mail' });
    expect((await accept(token, 'later@example.com')).ok).toBe(true);
  });

  it('gives no permission that the one who invites does not have', async () => {
    const admin = await person('admin');
    const invite = (roleId: 'owner' | 'admin') => workspace.createInvitation({ credential: admin.credential, roleId });
    expect(refusal(await invite('owner'))).toBe('FORBIDDEN');
    expect((await invite('admin')).ok).toBe(true);
    const supervisor = await person('supervisor');
    expect(refusal(await workspace.createInvitation({ credential: supervisor.credential, roleId: 'viewer' }))).toBe(
      'FORBIDDEN',
    );
  });
});

describe('a password', () => {
  it('is changed with the present one, and ends every other login', async () => {
    const { mail, credential } = await person();
    const other = accepted(await logIn(mail));
    const change = (current: string) =>
      workspace.changePassword({ credential, current, password: 'another long password', addressHash: 'net' });
    expect(await change('wrong password')).toMatchObject({ code: 'WRONG_PASSWORD', field: 'current' });
    accepted(await change(PASSWORD));
    expect((await workspace.authenticate({ credential })).ok).toBe(true);
    expect(other.done && refusal(await workspace.authenticate({ credential: other.login.token }))).toBe(
      'UNAUTHENTICATED',
    );
    expect(refusal(await logIn(mail))).toBe('UNAUTHENTICATED');
    expect((await logIn(mail, 'another long password')).ok).toBe(true);
  });

  it('is set by a link once, which ends every login', async () => {
    const admin = await person('admin');
    const { id, mail, credential } = await person();
    const { token } = accepted(await workspace.createResetLink({ credential: admin.credential, accountId: id }));
    const reset = () => workspace.resetPassword({ token, password: 'another long password' });
    const replies = await Promise.all([reset(), reset()]);
    expect(codes(replies)).toEqual(['NOT_FOUND', 'ok']);
    expect(refusal(await workspace.authenticate({ credential }))).toBe('UNAUTHENTICATED');
    expect((await logIn(mail, 'another long password')).ok).toBe(true);
  });

  it('of somebody who may do more cannot be reset', async () => {
    const [admin, owner] = [await person('admin'), await person('owner')];
    expect(refusal(await workspace.createResetLink({ credential: admin.credential, accountId: owner.id }))).toBe(
      'FORBIDDEN',
    );
  });

  it('is kept as argon2id', async () => {
    const { id } = await person();
    const [row] = await database.statement<{ hash: string }>(
      'SELECT password_hash AS hash FROM accounts WHERE id = $1',
      id,
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$/);
  });
});

describe('owners', () => {
  const owners = () =>
    database.statement<{ id: string }>("SELECT id FROM accounts WHERE role_id = 'owner' AND status = 'active'");
  const leaveOwners = async (count: number) => {
    await database.statement("DELETE FROM accounts WHERE role_id = 'owner'");
    return Promise.all(Array.from({ length: count }, () => person('owner')));
  };

  it.each(['removeAccount', 'setAccountStatus', 'assignRole'] as const)(
    'that do %s to each other at once: one stays',
    async (endpoint) => {
      const [one, two] = await leaveOwners(2);
      if (one === undefined || two === undefined) throw new Error('two were made');
      const act = (by: typeof one, on: typeof one) => {
        const request = { credential: by.credential, accountId: on.id };
        if (endpoint === 'removeAccount') return workspace.removeAccount(request);
        if (endpoint === 'assignRole') return workspace.assignRole({ ...request, roleId: 'agent' });
        return workspace.setAccountStatus({ ...request, status: 'suspended' });
      };
      const replies = await Promise.all([act(one, two), act(two, one)]);
      expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
      expect(await owners()).toHaveLength(1);
    },
  );

  it('the last one can neither be removed nor suspended nor demoted, and may be confirmed as owner', async () => {
    const [owner] = await leaveOwners(1);
    if (owner === undefined) throw new Error('one was made');
    const request = { credential: owner.credential, accountId: owner.id };
    expect(refusal(await workspace.removeAccount(request))).toBe('LAST_OWNER');
    expect(refusal(await workspace.setAccountStatus({ ...request, status: 'suspended' }))).toBe('LAST_OWNER');
    expect(refusal(await workspace.assignRole({ ...request, roleId: 'admin' }))).toBe('LAST_OWNER');
    expect((await workspace.assignRole({ ...request, roleId: 'owner' })).ok).toBe(true);
  });

  it('are made and changed by owners only', async () => {
    const [admin, owner, agent] = [await person('admin'), await person('owner'), await person()];
    const { credential } = admin;
    expect(refusal(await workspace.assignRole({ credential, accountId: agent.id, roleId: 'owner' }))).toBe('FORBIDDEN');
    expect(refusal(await workspace.assignRole({ credential, accountId: owner.id, roleId: 'agent' }))).toBe('FORBIDDEN');
    expect(refusal(await workspace.removeAccount({ credential, accountId: owner.id }))).toBe('FORBIDDEN');
    expect((await workspace.assignRole({ credential, accountId: agent.id, roleId: 'admin' })).ok).toBe(true);
  });
});

describe('an account', () => {
  it('that is suspended is logged out and cannot log in until it is restored', async () => {
    const [admin, agent] = [await person('admin'), await person()];
    const set = (status: 'active' | 'suspended') =>
      workspace.setAccountStatus({ credential: admin.credential, accountId: agent.id, status });
    accepted(await set('suspended'));
    expect(refusal(await workspace.authenticate({ credential: agent.credential }))).toBe('UNAUTHENTICATED');
    expect(refusal(await logIn(agent.mail))).toBe('UNAUTHENTICATED');
    accepted(await set('active'));
    expect((await logIn(agent.mail)).ok).toBe(true);
  });

  it('is listed page by page', async () => {
    const { credential } = await person('admin');
    const first = accepted(await workspace.listAccounts({ credential, limit: 2 }));
    expect(first).toMatchObject({ hasMore: true, accounts: [{}, {}] });
    const next = accepted(await workspace.listAccounts({ credential, limit: 2, afterId: first.accounts[1]?.id }));
    expect(next.accounts[0]?.id).not.toBe(first.accounts[1]?.id);
  });

  it('renames itself, and is told what it may do', async () => {
    const { credential } = await person();
    accepted(await workspace.updateAccount({ credential, name: 'Grace' }));
    const own = accepted(await workspace.getAccount({ credential }));
    expect(own).toMatchObject({
      account: { name: 'Grace' },
      permissions: ['chats:answer', 'queue:read', 'agents:read'],
    });
  });
});

it('too many open invitations are refused', async () => {
  await database.statement(
    `INSERT INTO links (id, kind, token_hash, role_id, expires_at)
    SELECT n::text, 'invitation', sha256(n::text::bytea), 'agent', now() + interval '1 hour' FROM generate_series(1, 500) n`,
  );
  expect(await stores.links.invite(undefined, { roleId: 'agent', validHours: 1 })).toEqual({ kind: 'too many' });
  await database.statement('DELETE FROM links');
});
