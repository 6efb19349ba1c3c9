import type { Permission } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { accepted, from, PASSWORD, refusal, startWorkspace } from '../../test/workspace.ts';

const space = await testSpace();
const { workspace, database, stores, person, grow } = await startWorkspace(space);
const owner = await person('owner');
const { credential } = owner;

let roles = 0;
const role = async (...permissions: Permission[]) =>
  accepted(await workspace.createRole({ credential, name: `Role ${++roles}`, permissions })).role.id;
const isOpen = async (token: string) => (await workspace.readLink({ token })).ok;

/** Sends a request while a transaction of another process has run a statement; that one commits once the request waits. */
async function meanwhile<Reply>(sql: string, values: unknown[], request: () => Promise<Reply>): Promise<Reply> {
  let reply: Promise<Reply> | undefined;
  await database.transaction(async (transaction) => {
    await transaction.statement(sql, ...values);
    reply = request();
    const waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await until(async () => (await database.statement(waits)).length > 0);
  });
  if (reply === undefined) throw new Error('not sent');
  return reply;
}

describe('a link for a new password', () => {
  const linkFor = async (accountId: string, by = credential) =>
    accepted(await workspace.createResetLink({ credential: by, accountId })).token;

  it('ends when its account gets another role, or is suspended', async () => {
    const [one, two] = [await person(), await person()];
    const links = [await linkFor(one.id), await linkFor(two.id)];
    accepted(await workspace.assignRole({ credential, accountId: one.id, roleId: 'owner' }));
    accepted(await workspace.setAccountStatus({ credential, accountId: two.id, status: 'suspended' }));
    for (const token of links) {
      expect(await isOpen(token)).toBe(false);
      expect(refusal(await workspace.resetPassword({ token, password: 'another long password' }))).toBe('NOT_FOUND');
    }
  });

  it('ends when the role of its account may do more or less, and not when it gets another name', async () => {
    const [roleId, otherRole] = [await role('chats:read'), await role('chats:read')];
    const [one, other] = [await person(roleId), await person(otherRole)];
    const links = [await linkFor(one.id), await linkFor(other.id)] as const;
    accepted(await workspace.updateRole({ credential, roleId, name: 'Readers' }));
    expect(await isOpen(links[0])).toBe(true);
    accepted(await workspace.updateRole({ credential, roleId, permissions: ['chats:read', 'owners:manage'] }));
    expect(await Promise.all(links.map(isOpen))).toEqual([false, true]);
  });

  it('is refused for an account that is being made to do more than the one who asks', async () => {
    const roleId = await role('chats:read');
    const [admin, target] = [await person('admin'), await person(roleId)];
    const make = () => workspace.createResetLink({ credential: admin.credential, accountId: target.id });
    const promoted = await meanwhile("UPDATE accounts SET role_id = 'owner' WHERE id = $1", [target.id], make);
    expect(refusal(promoted)).toBe('FORBIDDEN');
    await database.statement('UPDATE accounts SET role_id = $2 WHERE id = $1', target.id, roleId);
    const widened = await meanwhile("UPDATE roles SET permissions = '{owners:manage}' WHERE id = $1", [roleId], make);
    expect(refusal(widened)).toBe('FORBIDDEN');
  });

  it('ends with the right of the one who has made it', async () => {
    const [leaver, target] = [await person('admin'), await person()];
    const token = await linkFor(target.id, leaver.credential);
    accepted(await workspace.removeAccount({ credential, accountId: leaver.id }));
    expect(await isOpen(token)).toBe(false);
  });

  it('and the account that it is for are changed at once without a fault', async () => {
    const target = await person();
    for (let n = 0; n < 10; n++) {
      const token = await linkFor(target.id);
      const [reset, changed] = await Promise.all([
        workspace.resetPassword({ token, password: `another long password ${n}` }),
        workspace.assignRole({ credential, accountId: target.id, roleId: n % 2 === 0 ? 'viewer' : 'agent' }),
      ]);
      expect(changed.ok).toBe(true);
      if (!reset.ok) expect(reset.code).toBe('NOT_FOUND');
    }
  });
});

describe('an invitation', () => {
  const invite = async (by: string, roleId: Parameters<typeof person>[0] = 'agent') =>
    accepted(await workspace.createInvitation({ credential: by, roleId: roleId ?? 'agent' }));
  const accept = (token: string) =>
    workspace.acceptInvitation({ token, mail: `${token}@example.com`, name: 'Ada', password: PASSWORD, ...from() });

  it.each([
    ['is removed', (accountId: string) => workspace.removeAccount({ credential, accountId })],
    ['is suspended', (accountId: string) => workspace.setAccountStatus({ credential, accountId, status: 'suspended' })],
    ['gets a lesser role', (accountId: string) => workspace.assignRole({ credential, accountId, roleId: 'agent' })],
  ])('ends when the one who has made it %s', async (_, change) => {
    const [maker, other] = [await person('admin'), await person('admin')];
    const [ended, stays] = [await invite(maker.credential), await invite(other.credential)];
    const machine = await stores.links.invite(undefined, { roleId: 'agent', validHours: 1 });
    accepted<unknown>(await change(maker.id));
    expect(refusal(await accept(ended.token))).toBe('NOT_FOUND');
    const { invitations } = accepted(await workspace.listInvitations({ credential }));
    expect(invitations.map(({ id }) => id)).not.toContain(ended.invitation.id);
    expect((await accept(stays.token)).ok).toBe(true);
    expect(machine.kind === 'made' && (await isOpen(machine.token))).toBe(true);
    const { rows } = accepted(await workspace.listAudit({ credential, subjectId: ended.invitation.id, limit: 1 }));
    expect(rows).toMatchObject([{ action: 'invitation.revoked', actorId: owner.id }]);
  });

  it('stays when the one who has made it may still make it', async () => {
    const maker = await person('owner');
    const { token } = await invite(maker.credential);
    accepted(await workspace.assignRole({ credential, accountId: maker.id, roleId: 'admin' }));
    expect(await isOpen(token)).toBe(true);
  });

  it('ends when a role is changed so that its maker could not make it: their own, or the one that it gives', async () => {
    const [own, given] = [await role('accounts:manage', 'chats:read'), await role('chats:read')];
    const maker = await person(own);
    const first = await invite(maker.credential, given);
    accepted(await workspace.updateRole({ credential, roleId: given, permissions: ['chats:read', 'audit:read'] }));
    expect(await isOpen(first.token)).toBe(false);
    accepted(await workspace.updateRole({ credential, roleId: given, permissions: ['chats:read'] }));
    const second = await invite(maker.credential, given);
    accepted(await workspace.updateRole({ credential, roleId: own, permissions: ['chats:read'] }));
    expect(await isOpen(second.token)).toBe(false);
  });

  it('is not made by somebody who is being removed, or whose role is losing the right', async () => {
    const roleId = await role('accounts:manage', 'chats:answer', 'queue:read', 'agents:read');
    const [removed, demoted] = [await person('admin'), await person(roleId)];
    const make = (by: typeof removed) => () =>
      workspace.createInvitation({ credential: by.credential, roleId: 'agent' });
    const first = await meanwhile(
      "UPDATE accounts SET status = 'suspended' WHERE id = $1",
      [removed.id],
      make(removed),
    );
    expect(refusal(first)).toBe('FORBIDDEN');
    const second = await meanwhile("UPDATE roles SET permissions = '{}' WHERE id = $1", [roleId], make(demoted));
    expect(refusal(second)).toBe('FORBIDDEN');
  });
});

it('links are made by a fresh login, and by no key', async () => {
  const [admin, agent] = [await person('admin'), await person()];
  const { secret } = accepted(
    await workspace.createKey({ credential, name: 'All', permissions: ['accounts:manage', 'chats:answer'] }),
  );
  const invitation = (by: string) => workspace.createInvitation({ credential: by, roleId: 'viewer' });
  const reset = (by: string) => workspace.createResetLink({ credential: by, accountId: agent.id });
  for (const make of [invitation, reset]) {
    expect((await make(admin.credential)).ok).toBe(true);
    expect(refusal(await make(secret))).toBe('FORBIDDEN');
  }
  await grow(admin.loginId);
  for (const make of [invitation, reset]) expect(refusal(await make(admin.credential))).toBe('LOGIN_TOO_OLD');
});

it('two changes of one account at once are both made', async () => {
  const target = await person();
  const give = (roleId: 'viewer' | 'supervisor') => () =>
    workspace.assignRole({ credential, accountId: target.id, roleId });
  const reply = await meanwhile(
    "UPDATE accounts SET role_id = 'viewer' WHERE id = $1",
    [target.id],
    give('supervisor'),
  );
  expect(reply.ok).toBe(true);
});

it('a role that is being changed is given as it then is', async () => {
  const roleId = await role('chats:read');
  const [admin, target] = [await person('admin'), await person()];
  const give = () => workspace.assignRole({ credential: admin.credential, accountId: target.id, roleId });
  const reply = await meanwhile("UPDATE roles SET permissions = '{owners:manage}' WHERE id = $1", [roleId], give);
  expect(refusal(reply)).toBe('FORBIDDEN');
});
