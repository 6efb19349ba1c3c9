import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../checks/checker.ts';
import type { Violation } from '../checks/violation.ts';
import { type AgentPerson, agentHabits, startAgent } from '../clients/agent.ts';
import { type CustomerHabits, customerHabits, startCustomer } from '../clients/customer.ts';
import type { Scene } from '../faults/fault.ts';
import type { Harm } from '../faults/inject.ts';
import { random } from '../faults/random.ts';
import type { History, Ledger } from '../history/history.ts';
import { type LedgerReader, openLedger } from '../history/ledger.ts';
import { createRecorder, type Recorder } from '../history/recorder.ts';
import { backendNames } from '../world/backends.ts';
import type { World } from '../world/world.ts';

export interface RunOptions {
  world: World;
  seed: number;
  /** What is done to the world while clients do things. */
  harm: Harm;
  customers: number;
  agents: number;
  capacity: number;
  paceMs: number;
  autoAssign: boolean;
  habits?: { customer?: Partial<CustomerHabits>; agent?: Partial<typeof agentHabits> };
  say?: (line: string) => void;
}

export interface RunResult {
  history: History;
  ledger: Ledger;
  violations: Violation[];
}

/** A client that is not served by then never will be. */
const SETTLE_WITHIN_MS = 25_000;
const CONVERGED_WITHIN_MS = 8_000;
/** A reservation runs out after ten seconds. */
const RESERVED_AT_MOST_MS = 11_000;

/** One run: load, faults, healing, quiet, and the checker's verdict. The world is left running, healed. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { world, say = () => {} } = options;
  const chance = random(options.seed, 'run');
  const recorder = createRecorder();
  const { history } = recorder;
  history.autoAssign = options.autoAssign;
  const customers = Array.from({ length: options.customers }, (_, index) =>
    startCustomer({
      name: `customer-${index + 1}`,
      entrances: world.entrances,
      random: chance.fork(`customer-${index + 1}`),
      recorder,
      paceMs: options.paceMs,
      habits: { ...customerHabits, ...options.habits?.customer },
    }),
  );
  const agents: AgentPerson[] = [];
  const newAgent = (name: string, capacity: number) =>
    startAgent({
      name,
      capacity,
      entrances: world.entrances,
      random: chance.fork(name),
      recorder,
      colleagues: () => agents.flatMap(({ agentId }) => (agentId === undefined ? [] : [agentId])),
      paceMs: options.paceMs,
      graceMs: world.times.graceMs,
      habits: { ...agentHabits, ...options.habits?.agent },
    });
  for (let index = 1; index <= options.agents; index++) agents.push(newAgent(`agent-${index}`, options.capacity));

  const scene: Scene = { world, customers, agents };
  await options.harm(scene, recorder);
  await healEverything(world);
  history.healedAt = Date.now();
  const reader = await openLedger({
    databaseUrl: world.databaseUrl,
    redisUrl: world.backends.redis.url,
    redisPrefix: world.redisPrefix,
  });
  try {
    const queueMatched = watchQueue(reader, history.healedAt);
    // A moment of calm, in which everything is as it should be.
    await sleep(1_500);
    for (const one of [...customers, ...agents]) one.quiet();
    history.quietAt = Date.now();
    await settle({ world, recorder, reader, agents, newAgent, autoAssign: options.autoAssign, queueMatched });
    await converge(reader, history, say);
    history.endedAt = Date.now();
    const ledger = await reader.read();
    history.unexpectedExits = [world.model, ...world.members.map(({ process }) => process)].flatMap(
      ({ name, unexpectedExit }) =>
        unexpectedExit === undefined
          ? []
          : [{ service: name, how: `with ${unexpectedExit.signal ?? `code ${unexpectedExit.code}`}` }],
    );
    const violations = check(history, ledger, world.times);
    return { history, ledger, violations };
  } finally {
    await Promise.all([...customers, ...agents].map((one) => one.stop()));
    await reader.close();
  }
}

/** Heals what faults have left behind: from here on nothing is broken. */
async function healEverything(world: World): Promise<void> {
  for (const proxy of world.proxies()) proxy.heal();
  await world.backends.disk?.empty();
  for (const name of backendNames) await world.backends[name].start();
  for (const { process } of world.members) {
    process.resume();
    if (process.exit !== undefined) await process.start();
  }
  if (world.model.exit !== undefined) await world.model.start();
  await world.modelBehaves('usual');
}

/** From healing until the queue and the record agree, in ms. */
async function watchQueue(reader: LedgerReader, since: number): Promise<number | undefined> {
  while (Date.now() - since < SETTLE_WITHIN_MS) {
    if (await reader.queueMatchesRecord()) return Date.now() - since;
    await sleep(50);
  }
  return undefined;
}

async function settle(options: {
  world: World;
  recorder: Recorder;
  reader: LedgerReader;
  agents: AgentPerson[];
  newAgent: (name: string, capacity: number) => AgentPerson;
  autoAssign: boolean;
  queueMatched: Promise<number | undefined>;
}): Promise<void> {
  const { recorder, reader, agents } = options;
  const { graceMs, deadlineMs } = options.world.times;
  const { history } = recorder;
  await within(SETTLE_WITHIN_MS, async () => recorder.pending.size === 0);
  // One leaves for good, with what it holds.
  const leaver = agents.at(-1);
  leaver?.depart();
  const right = await options.queueMatched;
  if (right !== undefined) history.queueMatchedMs = right;
  await within(deadlineMs + 10_000, async () => (await reader.pendingReplies()) === 0);
  const goneAt = history.departed[0]?.at;
  if (goneAt !== undefined) {
    await within(graceMs + 6_000, async () => {
      return leaver?.agentId === undefined || (await reader.assignedTo(leaver.agentId)) === 0;
    });
  }
  if (options.autoAssign) {
    await sleep(5_000);
    return;
  }
  const last = options.newAgent('the-last-agent', 100);
  last.quiet();
  agents.push(last);
  await within(5_000, async () => last.agentId !== undefined && last.connection?.up === true);
  // What the departure put into the queue is there once the queue matches the record again.
  await watchQueue(reader, Date.now());
  // A claim that a fault cut off reserves its session until it expires; an agent who asks meanwhile is told that
  // somebody else is getting it.
  await within(RESERVED_AT_MOST_MS, async () => (await reader.reserved()) === 0);
  history.awayAsDrained = (await reader.readQueue()).filter(({ away }) => away).map(({ sessionId }) => sessionId);
  const drained: string[] = [];
  for (let left = 100; left > 0; left--) {
    const taken = await last.takeNext().catch(() => undefined);
    if (taken === undefined) break;
    drained.push(taken);
  }
  history.drained = drained;
}

/** Waits until every connected client was shown the whole log, or long enough to say that it will not be. */
async function converge(reader: LedgerReader, history: History, say: (line: string) => void): Promise<void> {
  const begun = Date.now();
  const done = await within(CONVERGED_WITHIN_MS, async () => {
    const heads = new Map((await reader.heads()).map(({ id, lastSeq }) => [id, lastSeq]));
    const reached = new Map<string, number>();
    for (const { view, seq } of history.shown) reached.set(view, Math.max(reached.get(view) ?? 0, seq));
    return history.views.every(
      (view) =>
        view.closedAt !== undefined ||
        view.connectedAt === undefined ||
        Math.max(view.from, reached.get(view.id) ?? 0) >= (heads.get(view.sessionId) ?? 0),
    );
  });
  say(done ? `all views are level after ${Date.now() - begun} ms` : 'not all views are level');
}

async function within(ms: number, fulfilled: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) {
    if (await fulfilled().catch(() => false)) return true;
  }
  return false;
}
