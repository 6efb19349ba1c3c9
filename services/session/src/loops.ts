import { gatewayApi, type SessionApi } from '@baton/contracts';
import { type Bus, type Handlers, type Log, type Metrics, startLoop, throttled } from '@baton/runtime';
import { startBudgetSweep } from './budgets/sweep.ts';
import type { SessionConfig } from './config.ts';
import type { Control } from './control/control.ts';
import type { Publications } from './publications.ts';
import { createIsAway, startAbandonmentLoop } from './sessions/abandonment.ts';
import { startExpiryLoop } from './sessions/expiry.ts';
import { startOpenSessionsLoop } from './statistics/open-sessions.ts';
import type { Stores } from './stores-postgres.ts';
import { startOverdueLoop } from './turns/overdue.ts';
import { startStandInLoop } from './turns/stand-in.ts';

/** A lost stream of events costs no more than this: reconcilers repair what its events told. */
const RESTORE_EVENTS_EVERY_MS = 5_000;

/** Starts the reconcilers and periodic jobs of this service. All instances may run all of them at the same time. */
export function startLoops(parts: {
  config: SessionConfig;
  stores: Stores;
  control: Control;
  publications: Publications;
  append: Handlers<SessionApi>['append'];
  bus: Bus;
  metrics: Metrics;
  log: Log;
}): { stop(): Promise<void>; restoreEventsSoon(): void } {
  const { config, stores, bus, ...rest } = parts;
  const deadlineMs = config.ANSWER_DEADLINE_MS;
  const { EXPIRE_AFTER_HOURS: hours, END_ABANDONED_AFTER_MINUTES: minutes } = config;
  const events = startLoop({
    name: 'events',
    everyMs: RESTORE_EVENTS_EVERY_MS,
    log: rest.log,
    run: () =>
      bus.restoreEvents().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throttled(rest.log).warn('events', { detail: why }, 'the stream of events cannot be looked at now');
      }),
  });
  const loops = [
    events,
    startOverdueLoop({ ...rest, store: stores.turns, deadlineMs }),
    startStandInLoop({
      ...rest,
      store: stores.standIns,
      deadlineMs,
      giveUpAfterMinutes: config.NOBODY_ONLINE_AFTER_MINUTES,
    }),
    startBudgetSweep({ ...rest, store: stores.budgets }),
    startOpenSessionsLoop({ ...rest, store: stores.statistics }),
  ];
  if (hours !== undefined) loops.push(startExpiryLoop({ ...rest, store: stores.sessions, hours }));
  if (minutes > 0) {
    const gateway = bus.caller(gatewayApi);
    const hasGateway = async () => (await gateway.connections({})).ok;
    loops.push(
      startAbandonmentLoop({ ...rest, store: stores.sessions, hasGateway, isAway: createIsAway(bus), minutes }),
    );
  }
  return {
    restoreEventsSoon: events.kick,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
