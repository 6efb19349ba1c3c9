import { LOGIN_PREFIX, type LoginGranted, type Revocation } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { newId } from '@baton/runtime';
import { byAccount } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import { newSecret } from '../platform/secrets.ts';
import { revoke } from '../revocations/store-postgres.ts';

/** How many logins, one a device, an account may have. A further one ends the least recently used. */
const MAX_LOGINS = 50;

export interface LoginLifetime {
  idleHours: number;
  maxDays: number;
}

export interface NewLogin {
  accountId: string;
  /** As it was when the person proved who they are: a password that was changed since has made that worthless. */
  epoch: number;
  method: 'password' | 'passkey' | 'oidc' | 'link';
  device: string;
}

export interface LoginStarted {
  login: LoginGranted;
  /** Of those that gave way. */
  revocations: Revocation[];
}

/** Makes a login in the transaction of what proved it; undefined when the account has changed since. */
export async function startLogin(
  transaction: Statements,
  { accountId, epoch, method, device }: NewLogin,
  { idleHours, maxDays }: LoginLifetime,
): Promise<LoginStarted | undefined> {
  const { secret, hash } = newSecret(LOGIN_PREFIX);
  const [row] = await transaction.statement<{ id: string; expiresAt: Date; endsAt: Date }>(
    `/* start login */
    WITH account AS (
      UPDATE accounts SET last_login_at = now() WHERE id = $2 AND epoch = $3 AND status = 'active' RETURNING id
    )
    INSERT INTO logins (id, account_id, token_hash, method, device, expires_at, ends_at)
    SELECT $1, account.id, $4, $5::login_method, $6,
      now() + least(make_interval(hours => $7), make_interval(days => $8)), now() + make_interval(days => $8)
    FROM account RETURNING id, expires_at AS "expiresAt", ends_at AS "endsAt"`,
    newId(),
    accountId,
    epoch,
    hash,
    method,
    device,
    idleHours,
    maxDays,
  );
  if (row === undefined) return undefined;
  const evicted = await transaction.statement<{ id: string }>(
    `/* limit logins */
    DELETE FROM logins WHERE id IN (
      SELECT id FROM logins WHERE account_id = $1 ORDER BY last_seen_at DESC, id DESC OFFSET $2
    ) RETURNING id`,
    accountId,
    MAX_LOGINS,
  );
  await noteInAudit(transaction, {
    by: byAccount(accountId),
    action: 'login.started',
    on: { kind: 'login', id: row.id },
    details: { method, device },
  });
  const revocations: Revocation[] = [];
  for (const { id } of evicted) {
    await noteInAudit(transaction, {
      by: byAccount(accountId),
      action: 'login.ended',
      on: { kind: 'login', id },
      details: { limit: MAX_LOGINS },
    });
    revocations.push(await revoke(transaction, 'login', id, 'logged_out'));
  }
  const login = {
    token: secret,
    loginId: row.id,
    accountId,
    expiresAt: row.expiresAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
  };
  return { login, revocations };
}
