import { channels } from '@baton/contracts';
import { type Bus, type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideAbandonment } from '../control/system-decisions.ts';
import type { IdleSession, SessionStore } from './store-postgres.ts';

const SCANS_PER_PERIOD = 6;
/** Scans in a row that must find the customer away, so that a scan during an outage ends no session. */
const SCANS_AWAY = 3;
const PAGE_SIZE = 5_000;
const PROBES_AT_ONCE = 100;

interface Parts {
  store: Pick<SessionStore, 'findIdle'>;
  /** Whether a gateway answers. Without one, every customer would seem away. */
  hasGateway(): Promise<boolean>;
  isAway(sessionId: string): Promise<boolean>;
  control: Pick<Control, 'changeAll'>;
}

/**
 * Ends sessions with the bot that were idle for this time while no page of the customer was connected. Each instance
 * counts its own scans, and starts counting again when it restarts.
 */
export function startAbandonmentLoop(parts: Parts & { minutes: number; log: Log }): Loop {
  const { log, minutes } = parts;
  const scan = createScan(parts, minutes * 60);
  return startLoop({
    name: 'abandonment',
    everyMs: (minutes * 60_000) / SCANS_PER_PERIOD,
    log,
    run: async () => {
      const ended = await scan();
      if (ended > 0) log.info({ ended, minutes }, 'sessions that their customers had left were ended');
    },
  });
}

/** A gateway with a socket of the customer answers within this time. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Whether no gateway has a socket of the customer: nobody subscribes to the session. A late answer proves nothing. */
export function createIsAway(bus: Pick<Bus, 'ask'>): Parts['isAway'] {
  return async (session) => {
    const answer = await bus.ask(channels.live.attendance, { session }, {}, { timeoutMs: ANSWER_TIMEOUT_MS });
    return answer === 'nobody subscribes';
  };
}

/** @returns a scan of all idle sessions, which resolves with how many it ended. */
export function createScan({ store, hasGateway, isAway, control }: Parts, seconds: number): () => Promise<number> {
  let scansAway = new Map<string, number>();

  const filterAway = async (idle: readonly IdleSession[]) => {
    const away: IdleSession[] = [];
    for (let from = 0; from < idle.length; from += PROBES_AT_ONCE) {
      const batch = idle.slice(from, from + PROBES_AT_ONCE);
      const answers = await Promise.all(batch.map(({ id }) => isAway(id)));
      away.push(...batch.filter((_, index) => answers[index]));
    }
    return away;
  };

  const end = async (abandoned: readonly IdleSession[]) => {
    const before = new Map(abandoned.map((one) => [one.id, one.before]));
    const results = await control.changeAll([...before.keys()], (view) =>
      decideAbandonment(view, before.get(view.session.id) ?? ''),
    );
    return [...results.values()].filter(({ kind }) => kind === 'changed').length;
  };

  return async () => {
    const known = scansAway;
    // A customer whom this scan does not find away, also because it fails, counts as present.
    scansAway = new Map();
    if (!(await hasGateway())) return 0;
    let ended = 0;
    for (let after: IdleSession | null = null; ; ) {
      const idle: IdleSession[] = await store.findIdle(seconds, after, PAGE_SIZE);
      const abandoned: IdleSession[] = [];
      for (const one of await filterAway(idle)) {
        const scans = (known.get(one.id) ?? 0) + 1;
        scansAway.set(one.id, scans);
        if (one.due && scans >= SCANS_AWAY) abandoned.push(one);
      }
      ended += await end(abandoned);
      after = idle.at(-1) ?? null;
      if (idle.length < PAGE_SIZE) return ended;
    }
  };
}
