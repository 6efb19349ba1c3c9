import { accept, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Stores } from '../stores-postgres.ts';

export function revocationEndpoints({
  stores: { revocations },
}: {
  stores: Pick<Stores, 'revocations'>;
}): Pick<Handlers<WorkspaceApi>, 'revokedSince'> {
  return {
    revokedSince: async ({ version, limit }) => accept(await revocations.readSince(version, limit)),
  };
}
