import { gatewayApi, type SessionApi } from '@baton/contracts';
import type { Bus, Handlers, Log, Metrics } from '@baton/runtime';
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
}): { stop(): Promise<void> } {
  const { config, stores, bus, ...rest } = parts;
  const deadlineMs = config.ANSWER_DEADLINE_MS;
  const { EXPIRE_AFTER_HOURS: hours, END_ABANDONED_AFTER_MINUTES: minutes } = config;
  const loops = [
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
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
