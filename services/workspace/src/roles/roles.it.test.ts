import { testSpace } from '@baton/testkit';
import { expect, it } from 'vitest';
import { accepted, refusal, startWorkspace } from '../../test/workspace.ts';

const space = await testSpace();
const { workspace, person } = await startWorkspace(space);
const { credential } = await person('owner');

const create = async (name: string, permissions: ('chats:answer' | 'audit:read' | 'accounts:manage')[]) =>
  accepted(await workspace.createRole({ credential, name, permissions })).role;

it('the built-in ones are there from the start, in order, and do not change', async () => {
  const { roles } = accepted(await workspace.listRoles({ credential }));
  expect(roles.slice(0, 5).map(({ id }) => id)).toEqual(['owner', 'admin', 'supervisor', 'agent', 'viewer']);
  expect(roles[0]).toMatchObject({ builtIn: true, accounts: 1 });
  expect(roles[3]?.permissions).toEqual(['chats:answer', 'queue:read', 'agents:read']);
});

it('one of your own is a set of permissions, and a change reaches those who have it', async () => {
  const role = await create('Auditors', ['audit:read']);
  const auditor = await person(role.id);
  const list = () => workspace.listAudit({ credential: auditor.credential });
  expect((await list()).ok).toBe(true);
  const { version } = accepted(await workspace.revokedSince({}));
  accepted(await workspace.updateRole({ credential, roleId: role.id, permissions: ['chats:answer'] }));
  expect(refusal(await list())).toBe('FORBIDDEN');
  const { revocations } = accepted(await workspace.revokedSince({ version }));
  expect(revocations).toMatchObject([{ subject: 'role', id: role.id, reason: 'role' }]);
});

it('a name is used once, also by two at once', async () => {
  const replies = await Promise.all(
    Array.from({ length: 4 }, () => workspace.createRole({ credential, name: 'Twice', permissions: [] })),
  );
  expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
  const other = await create('Other', []);
  expect(refusal(await workspace.updateRole({ credential, roleId: other.id, name: 'Twice' }))).toBe('ALREADY_EXISTS');
});

it('gives nothing that the one who defines or assigns it does not have', async () => {
  const managers = await create('Managers', ['accounts:manage']);
  const manager = await person(managers.id);
  const agent = await person();
  const as = { credential: manager.credential };
  expect(refusal(await workspace.assignRole({ ...as, accountId: agent.id, roleId: managers.id }))).toBe('FORBIDDEN');
  expect(refusal(await workspace.createRole({ ...as, name: 'Mine', permissions: [] }))).toBe('FORBIDDEN');
  const admin = await person('admin');
  const request = { credential: admin.credential, permissions: ['owners:manage' as const] };
  expect(refusal(await workspace.createRole({ ...request, name: 'Kings' }))).toBe('FORBIDDEN');
  expect(refusal(await workspace.updateRole({ ...request, roleId: managers.id }))).toBe('FORBIDDEN');
});

it('is removed when nobody has it, is invited to it or gets it at that moment', async () => {
  const role = await create('Passing', []);
  const agent = await person();
  const invited = accepted(await workspace.createInvitation({ credential, roleId: role.id })).invitation;
  const remove = () => workspace.removeRole({ credential, roleId: role.id });
  expect(refusal(await remove())).toBe('IN_USE');
  accepted(await workspace.revokeInvitation({ credential, invitationId: invited.id }));
  const [removed, assigned] = await Promise.all([
    remove(),
    workspace.assignRole({ credential, accountId: agent.id, roleId: role.id }),
  ]);
  expect([removed.ok, assigned.ok].filter(Boolean)).toHaveLength(1);
  expect([removed, assigned].map((reply) => (reply.ok ? undefined : reply.code))).toContain(
    removed.ok ? 'NOT_FOUND' : 'IN_USE',
  );
  if (assigned.ok) accepted(await workspace.assignRole({ credential, accountId: agent.id, roleId: 'agent' }));
  if (!removed.ok) accepted(await remove());
  expect(refusal(await workspace.removeRole({ credential, roleId: role.id }))).toBe('NOT_FOUND');
  expect(refusal(await workspace.assignRole({ credential, accountId: agent.id, roleId: role.id }))).toBe('NOT_FOUND');
});
