import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { type Access, ifFresh } from '../access.ts';
import { refuseGrant } from '../accounts/decisions.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

type KeyHandlers = Pick<Handlers<WorkspaceApi>, 'createKey' | 'listKeys' | 'revokeKey'>;

export function keyEndpoints({
  access,
  stores: { keys },
  publications,
}: {
  access: Access;
  stores: Pick<Stores, 'keys'>;
  publications: Publications;
}): KeyHandlers {
  return {
    createKey: access.forPermission(
      'createKey',
      ifFresh(async ({ name, permissions, validDays }, actor) => {
        const refusal = refuseGrant(actor, permissions);
        if (refusal !== undefined) return refusal;
        const made = await keys.create(actor, { name, permissions: [...new Set(permissions)], validDays });
        return made === undefined
          ? refuse('TOO_MANY', 'There are too many keys. Revoke those that are not used first.')
          : accept(made);
      }),
    ),

    listKeys: access.forPermission('listKeys', async () => accept({ keys: await keys.list() })),

    revokeKey: access.forPermission('revokeKey', async ({ keyId }, actor) => {
      const revocation = await keys.revoke(actor, keyId);
      if (revocation === undefined) return refuse('NOT_FOUND', 'There is no such key.');
      publications.revoked(revocation);
      return accept({});
    }),
  };
}
