import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Access } from '../access.ts';
import { refuseGrant } from '../accounts/decisions.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

type RoleHandlers = Pick<Handlers<WorkspaceApi>, 'listRoles' | 'createRole' | 'updateRole' | 'removeRole'>;

const noSuchRole = () => refuse('NOT_FOUND', 'There is no such role of your own; built-in ones do not change.');
const nameTaken = () => refuse('ALREADY_EXISTS', 'name: there is a role of this name', 'name');

export function roleEndpoints({
  access,
  stores: { roles },
  publications,
}: {
  access: Access;
  stores: Pick<Stores, 'roles'>;
  publications: Publications;
}): RoleHandlers {
  return {
    listRoles: access.forPermission('listRoles', async () => accept({ roles: await roles.list() })),

    createRole: access.forPermission('createRole', async ({ name, permissions }, actor) => {
      const refusal = refuseGrant(actor, permissions);
      if (refusal !== undefined) return refusal;
      const written = await roles.create(actor, name, [...new Set(permissions)]);
      if (written.kind === 'written') return accept({ role: written.role });
      return written.kind === 'name taken'
        ? nameTaken()
        : refuse('TOO_MANY', 'There are too many roles. Remove some of them first.');
    }),

    updateRole: access.forPermission('updateRole', async ({ roleId, name, permissions }, actor) => {
      const wanted = { name, permissions: permissions && [...new Set(permissions)] };
      // Neither to take from those who may do more, nor to give more than one's own.
      const written = await roles.update(actor, roleId, wanted, (present) =>
        refuseGrant(actor, [...present, ...(permissions ?? [])]),
      );
      if (written.kind === 'refused') return written.refusal;
      if (written.kind === 'name taken') return nameTaken();
      if (written.kind !== 'written') return noSuchRole();
      if (written.revocation !== undefined) publications.revoked(written.revocation);
      return accept({ role: written.role });
    }),

    removeRole: access.forPermission('removeRole', async ({ roleId }, actor) => {
      const outcome = await roles.remove(actor, roleId);
      if (outcome === 'unknown') return noSuchRole();
      return outcome === 'in use'
        ? refuse('IN_USE', 'Somebody has this role, or is invited to it. Give them another one first.')
        : accept({});
    }),
  };
}
