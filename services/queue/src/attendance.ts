import type { SessionApi } from '@baton/contracts';
import {
  ATTENDANCE_ANSWERED_WITHIN_MS,
  type Caller,
  type IsAway,
  type Log,
  type Loop,
  startLoop,
  Unavailable,
} from '@baton/runtime';
import { readLine } from './compare.ts';
import type { Heart } from './heart.ts';
import type { Line } from './line-redis.ts';
import type { Pulse } from './pulse-redis.ts';

const ASKED_AT_ONCE = 100;
/** How often everybody is looked for while they may be away. */
const LOOKS = 5;

/**
 * Who has left does not keep a place in line for ever. A customer whose session no gateway has on a socket is away; away
 * for the whole of `abandonAfterMs`, the session goes back to the bot, where it is found by whoever returns.
 *
 * Since when somebody is away is known to the instance that looks, so when another takes over it counts anew.
 */
export function startAttendance(options: {
  isAway: IsAway;
  line: Line;
  pulse: Pulse;
  heart: Heart;
  session: Caller<SessionApi>;
  abandonAfterMs: number;
  log: Log;
}): Loop {
  const { isAway, line, pulse, heart, session, abandonAfterMs, log } = options;
  const everyMs = abandonAfterMs / LOOKS;
  let awaySince = new Map<string, number>();

  const giveUp = async (sessionId: string) => {
    const minutes = Math.max(1, Math.round(abandonAfterMs / 60_000));
    const reason = `The customer was away for more than ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
    const reply = await session.cancelTransfer({ sessionId, cause: 'customer_left', reason });
    if (reply.ok) log.info({ sessionId }, 'a customer who left gave up the place in line');
    else if (reply.code === 'UNAVAILABLE' || reply.code === 'TIMEOUT' || reply.code === 'INTERNAL')
      throw new Unavailable(`session.cancelTransfer: ${reply.code}`);
  };

  const loop = startLoop({
    name: 'attendance',
    everyMs,
    log,
    run: heart.whenBeating(async () => {
      if (!(await pulse.lead('attendance', Math.round(everyMs * 2 + ATTENDANCE_ANSWERED_WITHIN_MS)))) return;
      const waiting = [...(await readLine(line)).keys()];
      const known = awaySince;
      awaySince = new Map();
      for (let from = 0; from < waiting.length; from += ASKED_AT_ONCE) {
        await Promise.all(
          waiting.slice(from, from + ASKED_AT_ONCE).map(async (sessionId) => {
            if (!(await isAway(sessionId))) return;
            const since = known.get(sessionId) ?? Date.now();
            if (Date.now() - since >= abandonAfterMs) await giveUp(sessionId);
            else awaySince.set(sessionId, since);
          }),
        );
      }
    }),
  });
  return {
    kick: loop.kick,
    async stop() {
      await loop.stop();
      await pulse.yieldLead('attendance').catch(() => {});
    },
  };
}
