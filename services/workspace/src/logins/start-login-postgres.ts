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
  /** Where an identity provider has proven the person. */
  identity?: ProvenIdentity | undefined;
  /** When the person proved who they are, if that was before now. */
  authenticatedAt?: Date | undefined;
}

/** A person as an identity provider has proven them: a logout there names them, or their session. */
export interface ProvenIdentity {
  issuer: string;
  subject: string;
  providerSession: string | null;
}

export interface LoginStarted {
  login: LoginGranted;
  /** Of those that gave way. */
  revocations: Revocation[];
}

/** Makes a login in the transaction of what proved it; undefined when the account has changed since. */
export async function startLogin(
  transaction: Statements,
  { accountId, epoch, method, device, identity, authenticatedAt }: NewLogin,
  { idleHours, maxDays }: LoginLifetime,
): Promise<LoginStarted | undefined> {
  const { secret, hash } = newSecret(LOGIN_PREFIX);
  const [row] = await transaction.statement<{ id: string; expiresAt: Date; endsAt: Date }>(
    `/* start login */
    WITH account AS (
      UPDATE accounts SET last_login_at = now() WHERE id = $2 AND epoch = $3 AND status = 'active' RETURNING id
    )
    INSERT INTO logins (id, account_id, token_hash, method, device, expires_at, ends_at, authenticated_at,
      issuer, subject, provider_session)
    SELECT $1, account.id, $4, $5::login_method, $6,
      now() + least(make_interval(hours => $7), make_interval(days => $8)), now() + make_interval(days => $8),
      least(now(), $9::timestamptz), $10, $11, $12
    FROM account RETURNING id, expires_at AS "expiresAt", ends_at AS "endsAt"`,
    newId(),
    accountId,
    epoch,
    hash,
    method,
    device,
    idleHours,
    maxDays,
    authenticatedAt ?? null,
    identity?.issuer ?? null,
    identity?.subject ?? null,
    identity?.providerSession ?? null,
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
    details: { method, device, ...(identity && { issuer: identity.issuer }) },
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

/** Between the first proof and the second factor. */
const STEP_MINUTES = 5;

/** A secret for the second step of a login. */
export async function beginStep(
  on: Statements,
  { accountId, epoch, method, device, identity }: Omit<NewLogin, 'authenticatedAt'>,
): Promise<string> {
  const { secret, hash } = newSecret();
  await on.statement(
    `/* begin login step */
    INSERT INTO login_steps (token_hash, account_id, epoch, method, device, issuer, subject, provider_session, expires_at)
    VALUES ($1, $2, $3, $4::login_method, $5, $6, $7, $8, now() + make_interval(mins => ${STEP_MINUTES}))`,
    hash,
    accountId,
    epoch,
    method,
    device,
    identity?.issuer ?? null,
    identity?.subject ?? null,
    identity?.providerSession ?? null,
  );
  return secret;
}
