import { type Actor, type ApiKey, KEY_PREFIX, type Permission, type Revocation } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { byActor } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { newSecret } from '../platform/secrets.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { permissionsIn } from '../roles/permissions-of.ts';

const MAX_KEYS = 200;
/** How exact `lastUsedAt` is, and how rarely a key that is used is written. */
const USED_EVERY_SECONDS = 300;
const SHOWN_LETTERS = 4;

interface KeyRow extends Omit<ApiKey, 'permissions' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> {
  permissions: string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}
const KEY = `k.id, k.name, k.ending, k.permissions, k.created_at AS "createdAt", k.expires_at AS "expiresAt",
  k.last_used_at AS "lastUsedAt", (SELECT a.id FROM accounts a WHERE a.id = k.created_by) AS "createdBy"`;
const toKey = (row: KeyRow): ApiKey => ({
  ...row,
  permissions: permissionsIn(row.permissions),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

export function createKeyStore(database: Database) {
  return {
    async readActor(
      tokenHash: Buffer,
    ): Promise<{ actor: Extract<Actor, { kind: 'key' }>; isStale: boolean } | undefined> {
      const [row] = await database.statement<KeyRow & { isStale: boolean }>(
        `/* authenticate key */
        SELECT ${KEY}, coalesce(k.last_used_at < now() - make_interval(secs => ${USED_EVERY_SECONDS}), true) AS "isStale"
        FROM api_keys k WHERE k.token_hash = $1 AND (k.expires_at IS NULL OR k.expires_at > now())`,
        tokenHash,
      );
      if (row === undefined) return undefined;
      const { id, name, permissions, expiresAt } = toKey(row);
      return { actor: { kind: 'key', keyId: id, name, permissions, expiresAt }, isStale: row.isStale };
    },

    /** Notes that a key is used, at most once in five minutes. */
    async noteUse(id: string): Promise<void> {
      await database.statement(
        `/* note use of key */ UPDATE api_keys SET last_used_at = now()
        WHERE id = $1 AND coalesce(last_used_at < now() - make_interval(secs => ${USED_EVERY_SECONDS}), true)`,
        id,
      );
    },

    /** Undefined when there are too many. */
    create: (
      actor: Extract<Actor, { kind: 'account' }>,
      {
        name,
        permissions,
        validDays,
      }: { name: string; permissions: readonly Permission[]; validDays?: number | undefined },
    ): Promise<{ key: ApiKey; secret: string } | undefined> =>
      database.transaction(async (transaction) => {
        const { secret, hash } = newSecret(KEY_PREFIX);
        const [row] = await transaction.statement<KeyRow>(
          `/* create key */
          INSERT INTO api_keys AS k (id, name, token_hash, ending, permissions, created_by, expires_at)
          SELECT $1, $2, $3, $4, $5, $6, now() + make_interval(days => $7::int)
          WHERE (SELECT count(*) FROM api_keys) < ${MAX_KEYS} RETURNING ${KEY}`,
          newId(),
          name,
          hash,
          secret.slice(-SHOWN_LETTERS),
          permissions,
          actor.accountId,
          validDays ?? null,
        );
        if (row === undefined) return undefined;
        const on = { kind: 'key', id: row.id } as const;
        await noteInAudit(transaction, {
          by: byActor(actor),
          action: 'key.created',
          on,
          details: { name, permissions },
        });
        return { key: toKey(row), secret };
      }),

    async list(): Promise<ApiKey[]> {
      const rows = await database.statement<KeyRow>(`/* list keys */ SELECT ${KEY} FROM api_keys k ORDER BY k.id`);
      return rows.map(toKey);
    },

    /** Undefined when there is no key of this id. */
    revoke: (actor: Actor, id: string): Promise<Revocation | undefined> =>
      database.transaction(async (transaction) => {
        const gone = await transaction.statement(
          '/* revoke key */ DELETE FROM api_keys WHERE id = $1 RETURNING id',
          id,
        );
        if (gone.length === 0) return undefined;
        await noteInAudit(transaction, { by: byActor(actor), action: 'key.revoked', on: { kind: 'key', id } });
        return revoke(transaction, 'key', id, 'revoked');
      }),
  };
}
