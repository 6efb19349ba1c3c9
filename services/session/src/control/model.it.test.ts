import { type Entry, transitions } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';

/**
 * A model of the rules of control beside the real service: random sequences of requests must get the same replies from
 * both, and lead both to the same state.
 */
const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, agent, log, customerSays, agentSays, botSays } = people(client);
const database = new pg.Client(space.databaseUrl);
await database.connect();
afterAll(() => database.end());
// Without an agent online the bot stands in, at times that the model does not know: see stand-in.it.test.ts.
await agent('Always online');

interface ModelSession {
  status: 'bot' | 'waiting' | 'agent' | 'closed';
  holder: number | null;
  epoch: number;
  entries: number;
  /** The start of the wait that gave it its position, as the service replied. */
  place: string;
  priority: 'high' | 'normal' | 'low';
}
interface ModelAgent {
  offline: boolean;
  capacity: number;
}
interface Model {
  sessions: ModelSession[];
  agents: ModelAgent[];
}

const SESSIONS = 3;
const AGENTS = 3;
const s = fc.nat(SESSIONS - 1);
const a = fc.nat(AGENTS - 1);
const one = <const T extends string>(...values: [T, ...T[]]) => fc.constantFrom(...values);
const command = fc.oneof(
  fc.record({ do: one('transfer'), s, priority: one('high', 'normal', 'low'), stale: fc.boolean() }),
  fc.record({ do: one('cancel'), s }),
  fc.record({ do: one('assign'), s, a }),
  fc.record({ do: one('release'), s, a, to: one('queue', 'bot', 'agent'), b: a }),
  fc.record({ do: one('close'), s, a, by: one('user', 'agent', 'system') }),
  fc.record({ do: one('write'), s, a, as: one('customer', 'agent', 'bot') }),
  fc.record({ do: one('status'), a, to: one('available', 'offline') }),
  fc.record({ do: one('vanish'), a }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

const held = (model: Model, agentIndex: number) =>
  model.sessions.filter(({ status, holder }) => status === 'agent' && holder === agentIndex).length;

/** Moves a session into another state in one or more changes. */
function move(it: ModelSession, to: ModelSession['status'], holder: number | null = null, steps = 1): 'ok' {
  Object.assign(it, { status: to, holder: to === 'closed' ? it.holder : holder });
  it.epoch += steps;
  it.entries += steps;
  return 'ok';
}

function give(model: Model, it: ModelSession, to: number): string {
  const assignee = at(model.agents, to);
  if (assignee.offline) return 'AGENT_OFFLINE';
  return held(model, to) >= assignee.capacity ? 'AT_CAPACITY' : move(it, 'agent', to);
}

/** The reply that the service must give: `ok` or a code. Changes the model as the request must change the service. */
function expected(model: Model, c: Command): string {
  if (c.do === 'status' || c.do === 'vanish') {
    at(model.agents, c.a).offline = c.do === 'vanish' || c.to === 'offline';
    if (c.do === 'vanish')
      for (const it of model.sessions) if (it.status === 'agent' && it.holder === c.a) move(it, 'waiting');
    return 'ok';
  }
  const it = at(model.sessions, c.s);
  // [S1] The assignment is checked first. A closed session keeps its last agent.
  const byAgent =
    c.do === 'release' || (c.do === 'close' && c.by === 'agent') || (c.do === 'write' && c.as === 'agent');
  if (byAgent && it.holder !== c.a) return 'NOT_ASSIGNED';
  if (it.status === 'closed') return c.do === 'close' ? 'ok' : 'SESSION_CLOSED';
  switch (c.do) {
    case 'transfer':
      if (it.status !== 'bot') return it.status === 'agent' ? 'ALREADY_TAKEN' : 'ok';
      if (c.stale) return 'STALE_EPOCH';
      it.priority = c.priority;
      return move(it, 'waiting');
    case 'cancel':
      return it.status === 'waiting' ? move(it, 'bot') : 'NOT_WAITING';
    case 'assign':
      if (it.status === 'agent') return it.holder === c.a ? 'ok' : 'ALREADY_TAKEN';
      return it.status === 'bot' ? 'NOT_WAITING' : give(model, it, c.a);
    case 'release':
      if (c.to === 'queue') return move(it, 'waiting');
      if (c.to === 'bot') return move(it, 'bot', null, 2);
      return c.b === c.a ? 'VALIDATION_FAILED' : give(model, it, c.b);
    case 'close':
      return move(it, 'closed');
    case 'write':
      if (c.as === 'bot' && it.status !== 'bot') return 'STALE_EPOCH';
      it.entries++;
      return 'ok';
  }
}

/** The service's reply to the same request. */
async function actual(sessions: string[], agents: string[], model: Model, c: Command): Promise<string> {
  const ask = async () => {
    if (c.do === 'status') return session.updateAgent({ agentId: at(agents, c.a), status: c.to });
    if (c.do === 'vanish') return session.releaseAgent({ agentId: at(agents, c.a), reason: 'vanished' });
    const sessionId = at(sessions, c.s);
    const it = at(model.sessions, c.s);
    switch (c.do) {
      case 'transfer': {
        const epoch = c.stale ? it.epoch + 1 : it.epoch;
        const why = { cause: 'customer_requested', reason: 'x', priority: c.priority } as const;
        const reply = await session.transfer({ sessionId, epoch, ...why });
        if (reply.ok && !reply.value.repeated) it.place = reply.value.wait.requestedAt;
        return reply;
      }
      case 'cancel':
        return session.cancelTransfer({ sessionId, cause: 'customer_cancelled' });
      case 'assign':
        return session.assign({ sessionId, agentId: at(agents, c.a) });
      case 'release': {
        const to = c.to === 'agent' ? ({ type: 'agent', agentId: at(agents, c.b) } as const) : { type: c.to };
        return session.release({ sessionId, agentId: at(agents, c.a), to, reason: 'x' });
      }
      case 'close':
        return session.close({ sessionId, by: c.by, agentId: at(agents, c.a) });
      case 'write':
        if (c.as === 'customer') return customerSays(sessionId, 'häß');
        return c.as === 'agent' ? agentSays(sessionId, at(agents, c.a), 'x') : botSays(sessionId, it.epoch, 'x');
    }
  };
  const reply = await ask();
  return reply.ok ? 'ok' : reply.code;
}

/** [C1] [C2] [C3] The log alone proves it: only permitted changes, with consecutive epochs and numbers. */
function replay(entries: Entry[]) {
  let status: ModelSession['status'] | null = null;
  let epoch = 0;
  for (const [index, entry] of entries.entries()) {
    expect(entry.seq).toBe(index + 1);
    if (entry.kind === 'message') continue;
    const { change } = entry;
    expect(change.from).toBe(status);
    expect(change.epoch).toBe(++epoch);
    if (status !== null) expect(transitions[status]).toContain(change.to);
    status = change.to;
  }
  return { status, epoch, lastSeq: entries.length };
}

it('[C1] [C2] [C3] [C4] [Q3] random requests get the replies and lead to the state of the model', async () => {
  const run = async (commands: Command[]) => {
    const capacities = [1, 2, 3];
    const agents = await Promise.all(capacities.map((capacity, n) => agent(`Agent ${n}`, capacity)));
    const sessions = (await Promise.all(Array.from({ length: SESSIONS }, () => startChat()))).map(({ id }) => id);
    const fresh = { status: 'bot', holder: null, epoch: 1, entries: 1, place: '', priority: 'normal' } as const;
    const model: Model = {
      sessions: sessions.map(() => ({ ...fresh })),
      agents: capacities.map((capacity) => ({ offline: false, capacity })),
    };
    for (const c of commands) {
      const answer = await actual(sessions, agents, model, c);
      expect(answer).toBe(expected(model, c));
    }

    const { waiting } = accepted(await session.listWaiting({ limit: 2_000 }));
    for (const [index, id] of sessions.entries()) {
      const should = at(model.sessions, index);
      const { session: is, wait } = accepted(await session.get({ sessionId: id }));
      expect(is).toMatchObject({ status: should.status, epoch: should.epoch, lastSeq: should.entries });
      expect(is.assignedAgent).toBe(should.holder === null ? null : at(agents, should.holder));
      const entries = await log(id);
      expect(replay(entries)).toEqual({ status: is.status, epoch: is.epoch, lastSeq: is.lastSeq });
      const bytes = entries.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
      const { rows } = await database.query('SELECT log_bytes::int AS bytes FROM chat_sessions WHERE id = $1', [id]);
      expect(rows).toEqual([{ bytes }]);
      const inQueue = waiting.filter(({ sessionId }) => sessionId === id);
      expect(inQueue).toHaveLength(should.status === 'waiting' ? 1 : 0);
      for (const { requestedAt, priority, epoch } of inQueue) {
        // Also after any number of claims and transfers back.
        expect({ priority, requestedAt }).toEqual({ priority: should.priority, requestedAt: should.place });
        expect({ epoch, requestedAt }).toEqual({ epoch: is.epoch, requestedAt: wait?.requestedAt });
      }
    }
    for (const [index, id] of agents.entries()) {
      const { agent: is } = accepted(await session.getAgent({ agentId: id }));
      expect(is.active).toBe(held(model, index));
      expect(is.status === 'offline').toBe(at(model.agents, index).offline);
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), run), { numRuns: 40 });
}, 120_000);
