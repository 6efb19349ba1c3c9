import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../faults/random.ts';
import type { View } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import { type Connection, connect, type Received } from './connection.ts';
import type { Person } from './customer.ts';
import { createOutbox, type Outbox } from './outbox.ts';

/** How often an agent does what, in relation to each other. */
export const agentHabits = {
  say: 60,
  pickUpNext: 20,
  pickUpNamed: 6,
  pickUpMany: 2,
  toQueue: 2,
  toBot: 1,
  toColleague: 2,
  close: 2,
  late: 3,
  stepAway: 2,
  vanish: 0.5,
};
export type AgentHabits = typeof agentHabits;

interface Assignment {
  view: View;
  epoch: number;
}

export interface AgentPerson extends Person {
  readonly agentId: string | undefined;
  /** Takes the next in line; undefined when nobody waits. Throws on any other refusal. */
  takeNext(): Promise<string | undefined>;
  /** Leaves without a word and does not come back; silently, its connection stays open, and nobody is at it. */
  depart(how?: { silently: boolean }): void;
}

/** An agent with a good client, who also races colleagues, goes away and writes to chats that it no longer has. */
export function startAgent(options: {
  name: string;
  capacity: number;
  entrances: () => string[];
  random: Random;
  recorder: Recorder;
  /** Ids of the other agents. */
  colleagues: () => string[];
  paceMs: number;
  /** How long it may be gone before it counts as vanished. */
  graceMs: number;
  habits: AgentHabits;
}): AgentPerson {
  const { name, recorder, random } = options;
  const { history } = recorder;
  let connection: Connection | undefined;
  let me: { agentId: string; token: string } | undefined;
  let quiet = false;
  let stopped = false;
  let departed = false;
  /** The connection that it left open. */
  let left: Connection | undefined;
  let doing = 'begins';
  const assignments = new Map<string, Assignment>();
  /** Chats it had once, with the epoch of then. */
  const past = new Map<string, number>();
  const outboxes = new Map<string, Outbox>();
  const said = new Map<string, number>();
  let waiting: string[] = [];

  const drop = (sessionId: string) => {
    const mine = assignments.get(sessionId);
    if (mine === undefined) return;
    mine.view.closedAt = Date.now();
    past.set(sessionId, mine.epoch);
    assignments.delete(sessionId);
  };
  const show = (view: View, entry: Received, content: string) =>
    void history.shown.push({
      view: view.id,
      seq: entry.seq,
      ...(entry.kind === 'message' && { id: entry.id }),
      content,
      at: Date.now(),
    });
  const assigned = ({ sessionId, session }: Received) => {
    drop(sessionId);
    if (me)
      history.assignments.push({ client: name, agentId: me.agentId, sessionId, epoch: session.epoch, at: Date.now() });
    const from = (session.messages[0]?.seq ?? 1) - 1;
    const view = recorder.opened({ client: name, role: 'agent', sessionId, from });
    assignments.set(sessionId, { view, epoch: session.epoch });
    for (const entry of session.messages) show(view, entry, entry.content);
  };
  const heard = (event: string, payload: Received) => {
    switch (event) {
      case 'agent:joined':
        me = { agentId: payload.agentId, token: payload.token };
        return;
      case 'session:assigned':
        return assigned(payload);
      case 'session:unassigned':
      case 'session:closed':
        return drop(payload.sessionId);
      case 'queue:update':
        waiting = payload.sessions.map((one: Received) => one.id);
        return;
      case 'message:received':
      case 'status:changed': {
        const mine = assignments.get(payload.sessionId);
        if (mine) show(mine.view, { ...payload, kind: payload.kind }, payload.content ?? payload.message);
        else history.strays.push({ client: name, event, sessionId: payload.sessionId, at: Date.now() });
      }
    }
  };
  const down = () => {
    recorder.away(name);
    recorder.signedOut(name);
    for (const sessionId of [...assignments.keys()]) drop(sessionId);
  };

  const ask = async (event: string, payload: Record<string, unknown> = {}) => {
    const reply = (await connection?.ask(event, payload)) ?? { ok: false as const, code: 'LOST' };
    recorder.answered(name, event, reply);
    return reply;
  };
  const present = async (): Promise<boolean> => {
    if (connection?.up) return true;
    doing = 'connects';
    const urls = options.entrances();
    if (urls.length === 0) return false;
    connection = await connect(random.pick(urls), { event: heard, down });
    if (connection === undefined) return false;
    doing = `${me ? 'resumes' : 'joins'} at ${connection.at}`;
    const reply = me ? await ask('agent:resume', me) : await ask('agent:join', { name, capacity: options.capacity });
    if (reply.ok) {
      me = { agentId: reply.value.agentId, token: reply.value.token };
      if (connection.up) {
        recorder.back(name);
        recorder.signedIn(name);
      }
      return true;
    }
    connection.cut();
    return false;
  };

  const say = (sessionId: string, epoch?: number) => {
    if (me === undefined) return;
    const order = (said.get(sessionId) ?? 0) + 1;
    said.set(sessionId, order);
    const outbox = outboxes.get(sessionId) ?? createOutbox({ recorder, event: 'agent:send_message', window: 3 });
    outboxes.set(sessionId, outbox);
    const content = `${name} answers ${order}`;
    const clientMessageId = `${name}-${order}`;
    const { agentId } = me;
    const about = { client: name, role: 'agent' as const, sessionId, agentId, clientMessageId, content, order };
    outbox.add(recorder.sent({ ...about, ...(epoch !== undefined && { epoch }) }));
  };

  const act = async () => {
    const mine = [...assignments.keys()];
    const habit = random.weighted(options.habits);
    doing = `does ${habit} at ${connection?.at}`;
    const colleagues = options.colleagues().filter((id) => id !== me?.agentId);
    const release = (to: unknown) =>
      mine.length > 0 && ask('agent:release_session', { sessionId: random.pick(mine), to, reason: 'chaos' });
    switch (habit) {
      case 'say':
        for (const sessionId of mine)
          if (random.chance(0.6)) say(sessionId, random.chance(0.5) ? assignments.get(sessionId)?.epoch : undefined);
        break;
      case 'pickUpNext':
        await ask('agent:pickup_session');
        break;
      case 'pickUpNamed':
        if (waiting.length > 0) await ask('agent:pickup_session', { sessionId: waiting[0] });
        break;
      case 'pickUpMany':
        // As a hurried hand does: several clicks before the first is answered.
        await Promise.all([1, 2, 3].map(() => ask('agent:pickup_session')));
        break;
      case 'toQueue':
        await release({ type: 'queue' });
        break;
      case 'toBot':
        await release({ type: 'bot' });
        break;
      case 'toColleague':
        if (colleagues.length > 0) await release({ type: 'agent', agentId: random.pick(colleagues) });
        break;
      case 'close':
        if (mine.length > 0) await ask('agent:close_session', { sessionId: random.pick(mine), reason: 'done' });
        break;
      case 'late':
        // As a tab that was asleep does: it still believes in the epoch of then.
        for (const [sessionId, epoch] of [...past].slice(-2)) say(sessionId, random.chance(0.5) ? epoch : undefined);
        break;
      case 'stepAway':
        connection?.cut();
        await sleep(random.int(100, Math.round(options.graceMs / 3)));
        break;
      case 'vanish':
        connection?.cut();
        await sleep(options.graceMs + random.int(1_000, 4_000));
        break;
    }
  };

  const running = (async () => {
    while (!stopped && !departed) {
      if (!(await present())) {
        await sleep(random.int(50, 250));
        continue;
      }
      if (!quiet) await act();
      doing = `sends at ${connection?.at}`;
      let done = true;
      for (const outbox of outboxes.values()) {
        if (connection?.up && !outbox.empty) done = (await outbox.flush(connection)) && done;
      }
      doing = 'thinks';
      await sleep(done ? random.int(0, options.paceMs * 2) : 150);
    }
    for (const outbox of outboxes.values()) outbox.clear();
    if (connection !== left) connection?.cut();
  })();

  return {
    name,
    get connection() {
      return connection;
    },
    get doing() {
      return doing;
    },
    get agentId() {
      return me?.agentId;
    },
    async takeNext() {
      const reply = await ask('agent:pickup_session');
      if (reply.ok) return String(reply.value.session.id);
      if (reply.code === 'QUEUE_EMPTY') return undefined;
      throw new Error(`the next in line could not be taken: ${reply.code}`);
    },
    quiet() {
      quiet = true;
    },
    depart({ silently } = { silently: false }) {
      departed = true;
      recorder.signedOut(name);
      if (me) history.departed.push({ agentId: me.agentId, at: Date.now() });
      if (silently) left = connection;
      else connection?.cut();
    },
    stop() {
      stopped = true;
      return running;
    },
  };
}
