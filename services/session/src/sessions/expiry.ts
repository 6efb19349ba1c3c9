import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideExpiry } from '../control/service-decisions.ts';
import type { SessionStore } from './store-postgres.ts';

const MAX_PERIOD_MS = 60_000;
const AT_ONCE = 200;

interface Parts {
  store: Pick<SessionStore, 'findSilent'>;
  control: Pick<Control, 'changeAll'>;
  hours: number;
  log: Log;
}

/** Ends sessions in which nothing has happened for so long. Several instances may do it at once. */
export function startExpiryLoop(parts: Parts): Loop {
  const { log, hours } = parts;
  const seconds = hours * 3_600;
  return startLoop({
    name: 'expiry',
    everyMs: Math.min(MAX_PERIOD_MS, seconds * 250),
    log,
    run: async () => {
      const ended = await closeSilent(parts, seconds);
      if (ended > 0) log.info({ ended, hours }, 'chats without a sign of life were ended');
    },
  });
}

/** @returns how many were ended. */
async function closeSilent({ store, control }: Parts, seconds: number): Promise<number> {
  for (let ended = 0; ; ) {
    const silent = await store.findSilent(seconds, AT_ONCE);
    const before = new Map(silent.map((one) => [one.id, one.before]));
    const results = await control.changeAll([...before.keys()], (view) =>
      decideExpiry(view, before.get(view.session.id) ?? ''),
    );
    const changed = [...results.values()].filter(({ kind }) => kind === 'changed').length;
    ended += changed;
    if (silent.length < AT_ONCE || changed === 0) return ended;
  }
}
