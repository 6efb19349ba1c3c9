import { wireModel } from '../wire/wire-model.ts';
import { snapshotText, wireSnapshot } from '../wire/wire-snapshot.ts';
import { apiReference } from './api-reference.ts';
import { asyncApiText } from './asyncapi.ts';
import { permissionsPage } from './permissions-page.ts';

/** Where the frozen wire is kept, seen from the root of the repository. */
export const SNAPSHOT_PATH = 'packages/contracts/wire.snapshot.json';

/** Every file that is made from the contracts: its path seen from the root of the repository, and its text. */
export function documents(): Map<string, string> {
  const model = wireModel();
  return new Map([
    [SNAPSHOT_PATH, snapshotText(wireSnapshot(model))],
    ['docs/asyncapi.yaml', asyncApiText(model)],
    ['docs/api.md', apiReference(model)],
    ['docs/permissions.md', permissionsPage()],
  ]);
}
