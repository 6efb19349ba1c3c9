import { type Permission, roleId } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { permissionsOf } from './permissions-of.ts';

/**
 * What roles allow, by their ids; one that does not exist is missing. Until the transaction ends none of them is
 * changed or removed, so what is given by them is what was decided on.
 */
export async function lockRoles(transaction: Statements, ids: readonly string[]): Promise<Map<string, Permission[]>> {
  const rows = await transaction.statement<{ id: string; permissions: string[] }>(
    '/* lock roles */ SELECT id, permissions FROM roles WHERE id = ANY ($1) ORDER BY id FOR SHARE',
    ids,
  );
  return new Map(rows.map(({ id, permissions }) => [id, permissionsOf(roleId.parse(id), permissions)]));
}
