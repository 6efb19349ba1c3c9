import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import type { TurnScheduler } from './scheduler.ts';

/** Schedules a turn when a customer writes to the bot, and when control moves to the bot. */
export function subscribeToSessions(bus: Bus, scheduler: TurnScheduler) {
  // A notification, so that nothing is stored between a message and its turn. One ai service of the group gets each.
  const asked = bus.subscribe(
    channels.bot.asked,
    {},
    ({ sessionId, source }) => scheduler.schedule(sessionId, source),
    { group: 'ai' },
  );
  const control = bus.consume(channels.event.control, {
    durable: 'ai-control',
    handle: async ({ sessionId, to, source }) => {
      if (to === 'bot') scheduler.schedule(sessionId, source);
    },
  });
  return { leave: () => Promise.all([asked.leave(), control.leave()]) };
}
