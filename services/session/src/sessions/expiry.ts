import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideExpiry } from '../control/system-decisions.ts';
import type { SessionStore } from './store-postgres.ts';

const MAX_PERIOD_MS = 60_000;
const BATCH_SIZE = 200;

interface Parts {
  store: Pick<SessionStore, 'findExpired'>;
  control: Pick<Control, 'changeAll'>;
  hours: number;
  log: Log;
}

/** Ends sessions without activity. */
export function startExpiryLoop(parts: Parts): Loop {
  const { log, hours } = parts;
  const seconds = hours * 3_600;
  return startLoop({
    name: 'expiry',
    everyMs: Math.min(MAX_PERIOD_MS, seconds * 250),
    log,
    run: async () => {
      const ended = await closeExpired(parts, seconds);
      if (ended > 0) log.info({ ended, hours }, 'sessions without activity were ended');
    },
  });
}

/** @returns how many were ended. */
async function closeExpired({ store, control }: Parts, seconds: number): Promise<number> {
  for (let ended = 0; ; ) {
    const expired = await store.findExpired(seconds, BATCH_SIZE);
    const before = new Map(expired.map((one) => [one.id, one.before]));
    const results = await control.changeAll([...before.keys()], (view) =>
      decideExpiry(view, before.get(view.session.id) ?? ''),
    );
    const changed = [...results.values()].filter(({ kind }) => kind === 'changed').length;
    ended += changed;
    if (expired.length < BATCH_SIZE || changed === 0) return ended;
  }
}
