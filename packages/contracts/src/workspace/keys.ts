import { z } from 'zod';
import { id, text, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { credential } from './credentials.ts';
import { permission } from './roles.ts';

/** A key for programs, without its secret. It belongs to the installation: it stays when the one who made it leaves. */
export const apiKey = z
  .object({
    id,
    name: z.string(),
    ending: z.string().describe('the last characters of the secret, to recognise it by'),
    permissions: z.array(permission),
    createdBy: id.nullable().describe('the account; null when that is gone'),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().describe('to some minutes'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKey>;

export const keyEndpoints = {
  createKey: endpoint({
    summary:
      'Make an API key, with permissions that the caller has. The secret is shown here and never again. Only a login of the last minutes may.',
    request: z.object({
      credential,
      name: text(80),
      permissions: z.array(permission).min(1, 'must not be empty').max(permission.options.length),
      validDays: z.int().min(1).max(3_650).optional().describe('without it, until it is revoked'),
    }),
    value: z.object({ key: apiKey, secret: z.string() }),
    // A repeat makes one more.
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'LOGIN_TOO_OLD', 'TOO_MANY'],
  }),
  listKeys: endpoint({
    summary: 'All API keys, expired ones included.',
    request: z.object({ credential }),
    value: z.object({ keys: z.array(apiKey) }),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN'],
  }),
  revokeKey: endpoint({
    summary: 'Make a key worthless, on every gateway within seconds.',
    request: z.object({ credential, keyId: id }),
    value: z.object({}),
    refusals: ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'],
  }),
} as const;
