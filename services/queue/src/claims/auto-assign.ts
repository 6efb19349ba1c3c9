import type { SessionApi, Subjects } from '@baton/contracts';
import { type Caller, type Log, type Loop, startLoop } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { Heart } from '../cluster/heartbeat.ts';
import type { Pulse } from '../cluster/store-redis.ts';
import { allAgents } from '../presence/list-agents.ts';
import type { Presence } from '../presence/store-redis.ts';
import type { ClaimSession } from './claim.ts';
import { type Eligible, nextAgent } from './next-agent.ts';

const EVERY_MS = 2_000;
/** Should the instance that does it die, another has taken over within [Q5]'s 5 s. */
const LOCK_MS = 2_500;
/** Chats given out in one run; the next follows at once. */
const MOST_PER_RUN = 50;

/**
 * [Q5] Gives waiting sessions to agents who are available, have room and are on a socket now. Runs every 2 s, and when
 * the line or an agent has changed. One instance does it at a time; were it two, a claim would still give a session to
 * one agent only.
 */
export function startAssigning(options: {
  nats: NatsConnection;
  subjects: Subjects;
  pulse: Pulse;
  heart: Heart;
  presence: Presence;
  session: Caller<SessionApi>;
  claim: ClaimSession;
  log: Log;
}): Loop {
  const { nats, subjects, pulse, heart, presence, session, claim, log } = options;

  const eligibleNow = async (): Promise<Eligible[]> => {
    const agents = await allAgents(session, { available: true });
    const connected = await presence.connected();
    return agents
      .filter(({ id, status }) => status === 'available' && connected.has(id))
      .map((agent) => ({ agent, active: agent.active }));
  };

  const loop: Loop = startLoop({
    name: 'assign',
    everyMs: EVERY_MS,
    atOnce: true,
    log,
    run: heart.whenBeating(async () => {
      if (!(await pulse.lead('assign', LOCK_MS))) return;
      let eligible = (await pulse.beat()).lengths.total > 0 ? await eligibleNow() : [];
      for (let given = 0; given < MOST_PER_RUN; given++) {
        const chosen = nextAgent(eligible);
        if (chosen === undefined) return;
        const reply = await claim({ agentId: chosen.agent.id });
        if (reply.ok) chosen.active++;
        else if (reply.code === 'AT_CAPACITY' || reply.code === 'AGENT_OFFLINE')
          eligible = eligible.filter((one) => one !== chosen);
        else return;
      }
      loop.kick();
    }),
  });

  // Hints only: the queue's are coalesced, an agent's come when it has room again or is back.
  const subscriptions = [subjects.queueChanged, subjects.anyAgent('changed')].map((subject) =>
    nats.subscribe(subject, { callback: () => loop.kick() }),
  );
  return {
    kick: loop.kick,
    async stop() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      await loop.stop();
      await pulse.yieldLead('assign').catch(() => {});
    },
  };
}
