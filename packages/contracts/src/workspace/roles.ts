import { z } from 'zod';
import { id, text } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { credential } from './credentials.ts';

/** What a supervisor may do. */
const supervising = [
  'chats:answer',
  'chats:read',
  'chats:manage',
  'queue:read',
  'queue:manage',
  'agents:read',
  'agents:manage',
  'statistics:read',
  'system:read',
] as const;

/** What an account or an API key may be allowed to do. */
export const permission = z.enum([
  ...supervising,
  'accounts:read',
  'accounts:manage',
  'owners:manage',
  'roles:manage',
  'keys:manage',
  'audit:read',
]);
export type Permission = z.infer<typeof permission>;

/** What each permission allows, in words for the pages and docs/permissions.md. */
export const permissionMeanings: Record<Permission, string> = {
  'chats:answer': 'go online as an agent: claim chats, write in them, transfer and end them',
  'chats:read': 'read every chat',
  'chats:manage': 'assign, transfer and end the chats of others',
  'queue:read': 'see who waits',
  'queue:manage': 'give waiting chats back to the bot',
  'agents:read': 'see who is online, and their load',
  'agents:manage': 'change and remove agents',
  'statistics:read': 'see statistics',
  'system:read': 'see the health of every part',
  'accounts:read': 'see who has an account',
  'accounts:manage': 'invite, suspend and remove people, and give them roles',
  'owners:manage': 'make somebody an owner, and change accounts of owners',
  'roles:manage': 'define roles',
  'keys:manage': 'make and revoke API keys',
  'audit:read': 'read the audit log',
};

export const builtInRole = z.enum(['owner', 'admin', 'supervisor', 'agent', 'viewer']);
export type BuiltInRole = z.infer<typeof builtInRole>;

/** The roles that every installation has. They cannot be changed; further ones are sets of the same permissions. */
export const builtInRoles: Record<BuiltInRole, readonly Permission[]> = {
  owner: permission.options,
  admin: permission.options.filter((one) => one !== 'owners:manage'),
  supervisor: supervising,
  agent: ['chats:answer', 'queue:read', 'agents:read'],
  viewer: ['chats:read', 'queue:read', 'agents:read', 'statistics:read', 'system:read'],
};

export const roleId = z.union([builtInRole, id]).describe('a built-in role, or the id of one of your own');
export type RoleId = z.infer<typeof roleId>;

const permissions = z.array(permission).max(permission.options.length).describe('each once; order says nothing');

export const role = z
  .object({
    id: roleId,
    name: z.string(),
    permissions,
    builtIn: z.boolean(),
    accounts: z.int().min(0).describe('how many people have it'),
  })
  .meta({ id: 'Role' });
export type Role = z.infer<typeof role>;

const roleName = text(60);

/** Nobody can give a permission that they do not have: neither by a role, nor by an invitation, nor by a key. */
export const roleEndpoints = {
  listRoles: endpoint({
    summary: 'All roles, the built-in ones first.',
    request: z.object({ credential }),
    value: z.object({ roles: z.array(role) }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  createRole: endpoint({
    summary: 'Define a role: a set of permissions that the caller has.',
    request: z.object({ credential, name: roleName, permissions }),
    value: z.object({ role }),
    // A repeat finds the name taken.
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'ALREADY_EXISTS', 'TOO_MANY'],
  }),
  updateRole: endpoint({
    summary: 'Change the name or the permissions of a role of your own. Those who have it are affected within seconds.',
    request: z.object({ credential, roleId: id, name: roleName.optional(), permissions: permissions.optional() }),
    value: z.object({ role }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'ALREADY_EXISTS'],
  }),
  removeRole: endpoint({
    summary: 'Remove a role of your own that nobody has, and no open invitation gives.',
    request: z.object({ credential, roleId: id }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'IN_USE'],
  }),
  assignRole: endpoint({
    summary:
      'Give an account another role. The last owner keeps it. What the account has open is closed or allowed anew within seconds.',
    request: z.object({ credential, accountId: id, roleId }),
    value: z.object({ accountId: id, roleId }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'LAST_OWNER'],
  }),
} as const;
