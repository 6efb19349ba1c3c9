import { z } from 'zod';
import { id, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { givenPassword, mail } from './accounts.ts';
import { addressHash, credential, device, loginGranted } from './credentials.ts';
import { permission, roleId } from './roles.ts';

/** Who acts, and what they may do: what a gateway makes of a credential, and may keep for some seconds. */
export const actor = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('account'),
      accountId: id,
      loginId: id,
      name: z.string(),
      roleId,
      permissions: z.array(permission),
      epoch: z.int().min(1).describe('raised by whatever ends all logins of the account'),
      authenticatedAt: timestamp,
      expiresAt: timestamp.describe('when the login ends unless it is used; the gateway closes its sockets then'),
    }),
    z.object({
      kind: z.literal('key'),
      keyId: id,
      name: z.string(),
      permissions: z.array(permission),
      expiresAt: timestamp.nullable(),
    }),
  ])
  .meta({ id: 'Actor' });
export type Actor = z.infer<typeof actor>;

/** One login of a person: a device, until it logs out. */
export const login = z
  .object({
    id,
    device: z.string(),
    method: z.enum(['password', 'passkey', 'oidc', 'link']),
    current: z.boolean().describe('the one that asks'),
    createdAt: timestamp,
    lastSeenAt: timestamp.describe('to the minute'),
    expiresAt: timestamp,
  })
  .meta({ id: 'Login' });
export type Login = z.infer<typeof login>;

/** What no longer holds: of one login, of everything of an account, of a key, or of all who have a role. */
export const revocation = z
  .object({
    version: z.int().min(1).describe('rises by one with each, in the order of their commits'),
    subject: z.enum(['login', 'account', 'key', 'role']),
    id: z.string(),
    reason: z.enum(['logged_out', 'password', 'role', 'suspended', 'removed', 'revoked', 'provider']),
    at: timestamp,
  })
  .meta({ id: 'Revocation' });
export type Revocation = z.infer<typeof revocation>;

const step = z.string().min(1).max(128).describe('of the login that has begun; valid for a few minutes');
/** What a right proof gives: a login, or the step to a second factor. */
export const loginAnswer = z.union([
  z.object({ done: z.literal(true), login: loginGranted }),
  z.object({ done: z.literal(false), step }).describe('a second factor is needed: `finishLogin`'),
]);
const passcode = z.string().min(6).max(40).describe('of the authenticator app, or a recovery code');

export const loginEndpoints = {
  login: endpoint({
    summary:
      'Log in by mail address and password. A wrong one of either is refused alike. Each failure makes the next attempt of the account, and of the network address, wait longer.',
    request: z.object({ mail, password: givenPassword, addressHash, device }),
    value: loginAnswer,
    // A repeat makes one more login.
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'RATE_LIMITED'],
  }),
  finishLogin: endpoint({
    summary: 'The second factor of a login. Each code is good for one login.',
    request: z.object({ step, passcode, addressHash }),
    value: z.object({ login: loginGranted }),
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'RATE_LIMITED'],
  }),
  authenticate: endpoint({
    summary:
      'Who has this credential, and what they may do. One read of an index; a gateway may keep the answer until `chat.workspace.revoked` names it, for half a minute at most.',
    request: z.object({ credential }),
    value: z.object({ actor }),
    refusals: ['UNAUTHENTICATED'],
  }),
  listLogins: endpoint({
    summary: 'The devices on which the caller is logged in.',
    request: z.object({ credential }),
    value: z.object({ logins: z.array(login) }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  logout: endpoint({
    summary: 'End the login that asks, or another one of the same account.',
    request: z.object({ credential, loginId: id.optional() }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'],
  }),
  logoutAll: endpoint({
    summary: 'End all logins of the account.',
    request: z.object({ credential, exceptThis: z.boolean().default(false) }),
    value: z.object({ ended: z.int() }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  beginTotp: endpoint({
    summary:
      'Begin to use an authenticator app: the secret for it. It counts once `confirmTotp` has seen a code. Only a login of the last minutes may.',
    request: z.object({ credential }),
    value: z.object({ secret: z.string(), uri: z.string().describe('for a QR code') }),
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'ALREADY_EXISTS'],
  }),
  confirmTotp: endpoint({
    summary: 'From now on logins need a code. The recovery codes are shown here and never again.',
    request: z.object({ credential, passcode }),
    value: z.object({ recoveryCodes: z.array(z.string()) }),
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'WRONG_CODE', 'NOT_FOUND'],
  }),
  removeTotp: endpoint({
    summary: 'Log in by the password alone again. Only a login of the last minutes may.',
    request: z.object({ credential }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD'],
  }),
  renewRecoveryCodes: endpoint({
    summary: 'New recovery codes; the old ones are worthless. Only a login of the last minutes may.',
    request: z.object({ credential }),
    value: z.object({ recoveryCodes: z.array(z.string()) }),
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'NOT_FOUND'],
  }),
  revokedSince: endpoint({
    summary:
      'What was revoked after a version: how a gateway finds what it missed of `chat.workspace.revoked`. Without a version: where it stands.',
    request: z.object({ version: z.int().min(0).optional(), limit: z.int().min(1).max(1_000).default(500) }),
    value: z.object({
      version: z.int().min(0).describe('of the last one in this answer'),
      revocations: z.array(revocation),
      hasMore: z.boolean(),
      tooOld: z.boolean().describe('that version is no longer kept: forget everything, and begin at `version`'),
    }),
  }),
} as const;
