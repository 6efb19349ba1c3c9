import { accept, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Access } from '../access.ts';
import type { Stores } from '../stores-postgres.ts';

export function auditEndpoints({
  access,
  stores,
}: {
  access: Access;
  stores: Pick<Stores, 'audit'>;
}): Pick<Handlers<WorkspaceApi>, 'listAudit'> {
  return {
    listAudit: access.forPermission('listAudit', async (request) => accept(await stores.audit.list(request))),
  };
}
