import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Sealing } from '../platform/sealed.ts';
import type { FactorStore } from './factor-store-postgres.ts';

const EVERY_MS = 5 * 60_000;
const PAGE = 200;

interface Parts {
  factors: Pick<FactorStore, 'listSealed' | 'replaceSealed'>;
  sealing: Pick<Sealing, 'renew'>;
  log: Pick<Log, 'info' | 'error'>;
}

/** Re-seals, with the current WORKSPACE_SECRET, what an earlier one sealed. Then the earlier one can be removed. */
export async function renewSeals({ factors, sealing, log }: Parts): Promise<void> {
  let renewed = 0;
  const lost: string[] = [];
  let page = await factors.listSealed('', PAGE);
  while (page.length > 0) {
    for (const { accountId, sealed } of page) {
      const fresh = await sealing.renew(sealed).catch(() => {
        lost.push(accountId);
        return undefined;
      });
      if (fresh !== undefined && (await factors.replaceSealed(accountId, sealed, fresh))) renewed++;
    }
    page = await factors.listSealed(page.at(-1)?.accountId ?? '', PAGE);
  }
  if (renewed > 0)
    log.info({ renewed }, 'secrets of authenticator apps are sealed by the present WORKSPACE_SECRET now');
  if (lost.length > 0)
    log.error({ accounts: lost.slice(0, PAGE) }, 'no WORKSPACE_SECRET opens these: only recovery codes log in there');
}

/**
 * Again and again, because a process that still has the earlier secret as its present one, as during an upgrade, goes
 * on sealing by it.
 */
export const startRenewingSeals = (parts: Parts & { log: Log }): Loop =>
  startLoop({ name: 'renew seals', everyMs: EVERY_MS, atOnce: true, log: parts.log, run: () => renewSeals(parts) });
