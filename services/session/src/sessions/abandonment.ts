import { type IsAway, type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideAbandonment } from '../control/service-decisions.ts';
import type { Quiet, SessionStore } from './store-postgres.ts';

const LOOKS_PER_PERIOD = 6;
/** How many looks in a row have to find the customer away: a look during an outage ends nobody's session. */
const LOOKS_AWAY = 3;
const READ_AT_ONCE = 5_000;
const ASKED_AT_ONCE = 100;

interface Parts {
  store: Pick<SessionStore, 'findQuiet'>;
  /** Whether a gateway answers. Without one every customer would look away. */
  hasGateway(): Promise<boolean>;
  isAway: IsAway;
  control: Pick<Control, 'changeAll'>;
}

/**
 * Ends sessions with the bot that were quiet for so long while no page of the customer was connected. Several instances
 * may do it at once; each goes by what it has seen itself, so it begins anew with its start.
 */
export function startAbandonmentLoop(parts: Parts & { minutes: number; log: Log }): Loop {
  const { log, minutes } = parts;
  const look = createLook(parts, minutes * 60);
  return startLoop({
    name: 'abandonment',
    everyMs: (minutes * 60_000) / LOOKS_PER_PERIOD,
    log,
    run: async () => {
      const ended = await look();
      if (ended > 0) log.info({ ended, minutes }, 'chats that their customers had left were ended');
    },
  });
}

/** @returns one look at all quiet sessions; it resolves with how many were ended. */
export function createLook({ store, hasGateway, isAway, control }: Parts, seconds: number): () => Promise<number> {
  let looksAway = new Map<string, number>();

  const onlyAway = async (quiet: readonly Quiet[]) => {
    const away: Quiet[] = [];
    for (let from = 0; from < quiet.length; from += ASKED_AT_ONCE) {
      const part = quiet.slice(from, from + ASKED_AT_ONCE);
      const answers = await Promise.all(part.map(({ id }) => isAway(id)));
      away.push(...part.filter((_, index) => answers[index]));
    }
    return away;
  };

  const end = async (abandoned: readonly Quiet[]) => {
    const before = new Map(abandoned.map((one) => [one.id, one.before]));
    const results = await control.changeAll([...before.keys()], (view) =>
      decideAbandonment(view, before.get(view.session.id) ?? ''),
    );
    return [...results.values()].filter(({ kind }) => kind === 'changed').length;
  };

  return async () => {
    const known = looksAway;
    // Whoever is not found away by this look, also because it fails, counts as present.
    looksAway = new Map();
    if (!(await hasGateway())) return 0;
    let ended = 0;
    for (let after: Quiet | null = null; ; ) {
      const quiet: Quiet[] = await store.findQuiet(seconds, after, READ_AT_ONCE);
      const abandoned: Quiet[] = [];
      for (const one of await onlyAway(quiet)) {
        const looks = (known.get(one.id) ?? 0) + 1;
        looksAway.set(one.id, looks);
        if (one.due && looks >= LOOKS_AWAY) abandoned.push(one);
      }
      ended += await end(abandoned);
      after = quiet.at(-1) ?? null;
      if (quiet.length < READ_AT_ONCE) return ended;
    }
  };
}
