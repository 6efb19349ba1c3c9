import { type Actor, type Permission, type Refusal, type Revocation, type Role, roleId } from '@baton/contracts';
import { UniqueViolation } from '@baton/postgres';
import { newId } from '@baton/runtime';
import { endResets, withdrawLinks } from '../accounts/open-links-postgres.ts';
import { byActor } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { permissionsIn, permissionsOf } from './permissions-of.ts';

const MAX_ROLES = 200;

interface RoleRow {
  id: string;
  name: string;
  permissions: string[];
  builtIn: boolean;
  accounts: number;
}
const ROLE = `r.id, r.name, r.permissions, r.built_in AS "builtIn",
  (SELECT count(*)::int FROM accounts a WHERE a.role_id = r.id) AS accounts`;
const toRole = (row: RoleRow): Role => {
  const id = roleId.parse(row.id);
  return { ...row, id, permissions: permissionsOf(id, row.permissions) };
};

export type RoleWritten =
  | { kind: 'written'; role: Role; revocation?: Revocation }
  | { kind: 'refused'; refusal: Refusal<'FORBIDDEN'> }
  | { kind: 'name taken' | 'too many' | 'unknown' };

export function createRoleStore(database: Database) {
  return {
    async list(): Promise<Role[]> {
      const rows = await database.statement<RoleRow>(
        `/* list roles */ SELECT ${ROLE} FROM roles r
        ORDER BY r.built_in DESC, array_position(ARRAY['owner', 'admin', 'supervisor', 'agent', 'viewer'], r.id), r.name`,
      );
      return rows.map(toRole);
    },

    async create(actor: Actor, name: string, permissions: readonly Permission[]): Promise<RoleWritten> {
      return nameTaken(() =>
        database.transaction(async (transaction): Promise<RoleWritten> => {
          const [row] = await transaction.statement<RoleRow>(
            `/* create role */ INSERT INTO roles AS r (id, name, permissions)
            SELECT $1, $2, $3 WHERE (SELECT count(*) FROM roles) < ${MAX_ROLES} RETURNING ${ROLE}`,
            newId(),
            name,
            permissions,
          );
          if (row === undefined) return { kind: 'too many' };
          const on = { kind: 'role', id: row.id } as const;
          await noteInAudit(transaction, { by: byActor(actor), action: 'role.created', on, details: { permissions } });
          return { kind: 'written', role: toRole(row) };
        }),
      );
    },

    /**
     * Undefined fields are not changed.
     * @param decide the refusal, if there is one, by what the role allows now
     */
    async update(
      actor: Actor,
      id: string,
      { name, permissions }: { name: string | undefined; permissions: readonly Permission[] | undefined },
      decide: (present: readonly Permission[]) => Refusal<'FORBIDDEN'> | undefined,
    ): Promise<RoleWritten> {
      return nameTaken(() =>
        database.transaction(async (transaction): Promise<RoleWritten> => {
          const [present] = await transaction.statement<{ permissions: string[] }>(
            '/* lock role for change */ SELECT permissions FROM roles WHERE id = $1 AND NOT built_in FOR NO KEY UPDATE',
            id,
          );
          if (present === undefined) return { kind: 'unknown' };
          const refusal = decide(permissionsIn(present.permissions));
          if (refusal !== undefined) return { kind: 'refused', refusal };
          const [row] = await transaction.statement<RoleRow>(
            `/* update role */ UPDATE roles r SET name = coalesce($2, r.name), permissions = coalesce($3, r.permissions)
            WHERE r.id = $1 RETURNING ${ROLE}`,
            id,
            name ?? null,
            permissions ?? null,
          );
          if (row === undefined) throw new Error('a role that is locked is gone');
          if (permissions !== undefined) {
            await endResets(transaction, { role: id });
            await withdrawLinks(transaction, byActor(actor));
          }
          const on = { kind: 'role', id } as const;
          const details = permissions === undefined ? {} : { permissions };
          await noteInAudit(transaction, { by: byActor(actor), action: 'role.changed', on, details });
          const role = toRole(row);
          return permissions === undefined
            ? { kind: 'written', role }
            : { kind: 'written', role, revocation: await revoke(transaction, 'role', id, 'role') };
        }),
      );
    },

    remove: (actor: Actor, id: string): Promise<'removed' | 'in use' | 'unknown'> =>
      database.transaction(async (transaction) => {
        // A request that gives somebody the role meanwhile waits for this lock.
        const [role] = await transaction.statement(
          '/* lock role */ SELECT id FROM roles WHERE id = $1 AND NOT built_in FOR UPDATE',
          id,
        );
        if (role === undefined) return 'unknown';
        const uses = await transaction.statement(
          `/* uses of role */ SELECT 1 FROM accounts WHERE role_id = $1
          UNION ALL SELECT 1 FROM links WHERE role_id = $1 AND used_at IS NULL AND expires_at > now() LIMIT 1`,
          id,
        );
        if (uses.length > 0) return 'in use';
        await transaction.statement('DELETE FROM links WHERE role_id = $1', id);
        await transaction.statement('DELETE FROM roles WHERE id = $1', id);
        const on = { kind: 'role', id } as const;
        await noteInAudit(transaction, { by: byActor(actor), action: 'role.removed', on });
        return 'removed';
      }),
  };
}

async function nameTaken(write: () => Promise<RoleWritten>): Promise<RoleWritten> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof UniqueViolation) return { kind: 'name taken' };
    throw error;
  }
}
