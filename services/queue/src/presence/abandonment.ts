import type { SessionApi } from '@baton/contracts';
import {
  type AskAttendance,
  ATTENDANCE_ANSWERED_WITHIN_MS,
  type Caller,
  type Log,
  type Loop,
  startLoop,
  Unavailable,
} from '@baton/runtime';
import type { Heart } from '../cluster/heartbeat.ts';
import type { Pulse } from '../cluster/store-redis.ts';
import { readLine } from '../queue/reconcile.ts';
import type { Attending, Line } from '../queue/store-redis.ts';

/** Sessions of the whole line that are asked about in one run, each in its turn. */
const ASKED_AT_ONCE = 250;
/** The first of the line are asked about in every run: they are whom agents are given. */
const FRONT = 50;
/** A reload, or a gateway that restarts, is over within this time. */
const AWAY_AFTER_MS = 5_000;
const MOST_EVERY_MS = 1_000;
/** How often everybody is looked for while they may be away, at the least. */
const LOOKS = 5;

/**
 * Who has left does not keep a place in line for ever. A customer whose session no gateway has on a socket is away. Away
 * for some seconds, it stands behind those who are present in its level, and has its place again when it is back [S6];
 * away for the whole of `abandonAfterMs`, the session goes back to the bot, where it is found by whoever returns.
 *
 * The gateways' sockets are the truth about it, and are asked again and again: what Redis loses is there again a look
 * later. Since when somebody is away is known to the instance that looks, so when another takes over it counts anew.
 */
export function startAttendance(options: {
  ask: AskAttendance;
  /** Whether a gateway answers. Without one every customer would look away. */
  hasGateway: () => Promise<boolean>;
  line: Line;
  pulse: Pulse;
  heart: Heart;
  session: Caller<SessionApi>;
  abandonAfterMs: number;
  log: Log;
}): Loop {
  const { ask, hasGateway, line, pulse, heart, session, abandonAfterMs, log } = options;
  const everyMs = Math.min(MOST_EVERY_MS, abandonAfterMs / LOOKS);
  const lockMs = Math.round(everyMs * 2 + ATTENDANCE_ANSWERED_WITHIN_MS);
  let awaySince = new Map<string, number>();
  /** Who is still to be asked about in this pass over the line. */
  let pending: string[] = [];

  const giveUp = async (sessionId: string) => {
    const minutes = Math.max(1, Math.round(abandonAfterMs / 60_000));
    const reason = `The customer was away for more than ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
    const reply = await session.cancelTransfer({ sessionId, cause: 'customer_left', reason });
    if (reply.ok) log.info({ sessionId }, 'a customer who left gave up the place in line');
    else if (reply.code === 'UNAVAILABLE' || reply.code === 'TIMEOUT' || reply.code === 'INTERNAL')
      throw new Unavailable(`session.cancelTransfer: ${reply.code}`);
  };

  const nextToAsk = async (): Promise<string[]> => {
    if (pending.length === 0) {
      pending = [...(await readLine(line)).keys()];
      const waiting = new Set(pending);
      awaySince = new Map([...awaySince].filter(([sessionId]) => waiting.has(sessionId)));
    }
    if (pending.length === 0) return [];
    const { order } = await line.first(FRONT, false);
    return [...new Set([...order.map(({ sessionId }) => sessionId), ...pending.splice(0, ASKED_AT_ONCE)])];
  };

  const look = async (sessionId: string): Promise<Attending | 'unknown'> => {
    const attendance = await ask(sessionId);
    if (attendance !== 'nowhere') {
      awaySince.delete(sessionId);
      return attendance === 'here' ? 'present' : 'unknown';
    }
    const since = awaySince.get(sessionId) ?? Date.now();
    awaySince.set(sessionId, since);
    const awayMs = Date.now() - since;
    if (awayMs >= abandonAfterMs) {
      await giveUp(sessionId);
      awaySince.delete(sessionId);
    }
    return awayMs >= AWAY_AFTER_MS ? 'away' : 'unknown';
  };

  const loop = startLoop({
    name: 'attendance',
    everyMs,
    log,
    run: heart.whenBeating(async () => {
      if (!(await pulse.lead('attendance', lockMs))) return;
      const asked = await nextToAsk();
      if (asked.length === 0) return;
      const seen = new Map<string, Attending>();
      await Promise.all(
        asked.map(async (sessionId) => {
          const attending = await look(sessionId);
          if (attending !== 'unknown') seen.set(sessionId, attending);
        }),
      );
      // Asked after the look: a gateway that went while it was made has taken its customers with it.
      if ((await hasGateway()) || ![...seen.values()].includes('away')) await line.attend(seen);
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
