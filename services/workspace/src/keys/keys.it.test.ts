import { testSpace } from '@baton/testkit';
import { expect, it } from 'vitest';
import { accepted, refusal, startWorkspace } from '../../test/workspace.ts';

const space = await testSpace();
const { workspace, database, uses, person, grow } = await startWorkspace(space);
const owner = await person('owner');
const { credential } = owner;
const create = async (more: { validDays?: number } = {}) =>
  accepted(await workspace.createKey({ credential, name: 'Export', permissions: ['audit:read'], ...more }));

it('is shown once, and does what it was made for', async () => {
  const { key, secret } = await create();
  expect(secret).toMatch(/^bk_[\w-]{43}$/);
  expect(secret.endsWith(key.ending)).toBe(true);
  const { actor } = accepted(await workspace.authenticate({ credential: secret }));
  expect(actor).toEqual({ kind: 'key', keyId: key.id, name: 'Export', permissions: ['audit:read'], expiresAt: null });
  expect((await workspace.listAudit({ credential: secret })).ok).toBe(true);
  expect(refusal(await workspace.listAccounts({ credential: secret }))).toBe('FORBIDDEN');
  expect(refusal(await workspace.getAccount({ credential: secret }))).toBe('FORBIDDEN');
  const [row] = await database.statement<{ all: string }>(
    "SELECT string_agg(to_jsonb(k)::text, '') AS all FROM api_keys k",
  );
  expect(row?.all).not.toContain(secret);
});

it('is made by a fresh login of somebody who may do what it may, and by no key', async () => {
  const { secret } = accepted(await workspace.createKey({ credential, name: 'All', permissions: ['keys:manage'] }));
  const request = { name: 'Another', permissions: ['keys:manage' as const] };
  expect(refusal(await workspace.createKey({ credential: secret, ...request }))).toBe('FORBIDDEN');
  const admin = await person('admin');
  const greedy = { ...request, permissions: ['owners:manage' as const] };
  expect(refusal(await workspace.createKey({ credential: admin.credential, ...greedy }))).toBe('FORBIDDEN');
  await grow(admin.loginId);
  expect(refusal(await workspace.createKey({ credential: admin.credential, ...request }))).toBe('LOGIN_TOO_OLD');
});

it('is worthless once it is revoked or has expired', async () => {
  const [revoked, expired] = [await create(), await create({ validDays: 1 })];
  const { version } = accepted(await workspace.revokedSince({}));
  accepted(await workspace.revokeKey({ credential, keyId: revoked.key.id }));
  await database.statement('UPDATE api_keys SET expires_at = now() WHERE id = $1', expired.key.id);
  for (const { secret } of [revoked, expired])
    expect(refusal(await workspace.authenticate({ credential: secret }))).toBe('UNAUTHENTICATED');
  expect(refusal(await workspace.revokeKey({ credential, keyId: revoked.key.id }))).toBe('NOT_FOUND');
  const { revocations } = accepted(await workspace.revokedSince({ version }));
  expect(revocations).toMatchObject([{ subject: 'key', id: revoked.key.id, reason: 'revoked' }]);
});

it('its last use is noted once in five minutes', async () => {
  const { key, secret } = await create();
  const lastUsed = async () => {
    await uses.settled();
    const { keys } = accepted(await workspace.listKeys({ credential }));
    return keys.find(({ id }) => id === key.id)?.lastUsedAt;
  };
  expect(await lastUsed()).toBeNull();
  accepted(await workspace.authenticate({ credential: secret }));
  const first = await lastUsed();
  expect(first).toBeTypeOf('string');
  accepted(await workspace.authenticate({ credential: secret }));
  expect(await lastUsed()).toBe(first);
});

it('stays when the one who made it leaves', async () => {
  const other = await person('owner');
  const made = accepted(
    await workspace.createKey({ credential: other.credential, name: 'Stays', permissions: ['audit:read'] }),
  );
  accepted(await workspace.removeAccount({ credential, accountId: other.id }));
  expect((await workspace.authenticate({ credential: made.secret })).ok).toBe(true);
  const { keys } = accepted(await workspace.listKeys({ credential }));
  expect(keys.find(({ id }) => id === made.key.id)?.createdBy).toBeNull();
});
