import { z } from 'zod';
import { agentName } from '../session/agents.ts';
import { id, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { addressHash, credential, device, linkToken, loginGranted } from './credentials.ts';
import { permission, roleId } from './roles.ts';

/** By which a person logs in; the case of letters does not count. */
export const mail = z
  .string()
  .max(254, 'must have at most 254 characters')
  .trim()
  .toLowerCase()
  .pipe(z.email('must be a mail address'));

/** Long enough that guessing is hopeless; no rules of letters and digits, which make passwords alike. */
export const newPassword = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(200, 'must have at most 200 characters');
/** One that is checked may be older than today's rules. */
export const givenPassword = z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters');

/** Customers and colleagues read it: the rules of agents' names. */
export const accountName = agentName;

export const accountStatus = z.enum(['active', 'suspended']);
export type AccountStatus = z.infer<typeof accountStatus>;

export const account = z
  .object({
    id: id.describe('id of an account (UUIDv7)'),
    mail: z.string(),
    name: accountName,
    status: accountStatus,
    roleId,
    hasPassword: z.boolean(),
    hasTotp: z.boolean(),
    passkeys: z.int().min(0),
    createdAt: timestamp,
    lastLoginAt: timestamp.nullable(),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof account>;

export const linkKind = z.enum(['owner', 'invitation', 'reset']);
export type LinkKind = z.infer<typeof linkKind>;

/** An open invitation, without its secret. */
export const invitation = z
  .object({
    id,
    mail: z.string().nullable().describe('null: the person names its own'),
    name: z.string().nullable(),
    roleId,
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;

const madeLink = z.object({
  token: z.string().describe('for the link; shown here and never again'),
  expiresAt: timestamp,
});
const validHours = z
  .int()
  .min(1)
  .max(24 * 30);

export const accountEndpoints = {
  createInvitation: endpoint({
    summary:
      'Invite a person by a link that is used once. The role has no permission that the caller does not have: the link ends when the caller leaves or loses one of them. Only a login of the last minutes may.',
    request: z.object({
      credential,
      mail: mail.optional(),
      name: accountName.optional(),
      roleId,
      validHours: validHours.default(72),
    }),
    value: madeLink.extend({ invitation }),
    // A repeat makes one more.
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'NOT_FOUND', 'ALREADY_EXISTS', 'TOO_MANY'],
  }),
  listInvitations: endpoint({
    summary: 'The invitations that can still be accepted.',
    request: z.object({ credential }),
    value: z.object({ invitations: z.array(invitation) }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  revokeInvitation: endpoint({
    summary: 'Make the link of an invitation worthless.',
    request: z.object({ credential, invitationId: id }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'],
  }),
  readLink: endpoint({
    summary: 'What a link is for. One that is used, expired, revoked or made up is not found.',
    request: z.object({ token: linkToken }),
    value: z.object({
      kind: linkKind,
      mail: z.string().nullable(),
      name: z.string().nullable(),
      expiresAt: timestamp,
    }),
    refusals: ['NOT_FOUND'],
  }),
  acceptInvitation: endpoint({
    summary: 'Make an account by the link of an invitation, or the first owner by the one that the first start logs.',
    request: z.object({
      token: linkToken,
      mail: mail.optional().describe('needed where the invitation names none'),
      name: accountName,
      password: newPassword,
      addressHash: addressHash.optional().describe('not used: a link cannot be guessed'),
      device,
    }),
    value: z.object({ account, login: loginGranted }),
    // A repeat finds the link used.
    repeatable: false,
    refusals: ['NOT_FOUND', 'ALREADY_EXISTS'],
  }),
  getAccount: endpoint({
    summary: "The caller's own account, and what it may do.",
    request: z.object({ credential }),
    value: z.object({ account, permissions: z.array(permission) }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  updateAccount: endpoint({
    summary: "Change the name of the caller's own account.",
    request: z.object({ credential, name: accountName }),
    value: z.object({ account }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  changePassword: endpoint({
    summary: "Change the caller's own password. Every other login of the account ends.",
    request: z.object({
      credential,
      current: givenPassword.optional().describe('needed where the account has a password'),
      password: newPassword,
      addressHash,
    }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'WRONG_PASSWORD', 'LOGIN_TOO_OLD', 'RATE_LIMITED'],
  }),
  createResetLink: endpoint({
    summary:
      'A link by which a person sets a new password; used once. It ends with any change of what the account may do, or when the caller loses the right to make it. The second factor stays. Only a login of the last minutes may.',
    request: z.object({ credential, accountId: id, validHours: validHours.default(24) }),
    value: madeLink,
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'NOT_FOUND'],
  }),
  resetPassword: endpoint({
    summary: 'Set a new password by a link. Every login of the account ends; the person logs in anew.',
    request: z.object({ token: linkToken, password: newPassword }),
    value: z.object({ mail: z.string() }),
    repeatable: false,
    refusals: ['NOT_FOUND'],
  }),
  listAccounts: endpoint({
    summary: 'A page of the accounts, ordered by id.',
    request: z.object({ credential, afterId: id.optional(), limit: z.int().min(1).max(500).default(200) }),
    value: z.object({ accounts: z.array(account), hasMore: z.boolean() }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  setAccountStatus: endpoint({
    summary: 'Suspend an account, which ends all its logins, or let it log in again. The last owner stays.',
    request: z.object({ credential, accountId: id, status: accountStatus }),
    value: z.object({ account }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'LAST_OWNER'],
  }),
  removeAccount: endpoint({
    summary: 'Remove an account for good, and end all its logins. The last owner stays.',
    request: z.object({ credential, accountId: id }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'LAST_OWNER'],
  }),
} as const;
