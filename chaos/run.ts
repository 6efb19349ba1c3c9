import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentPerson, agentHabits, startAgent } from './agent.ts';
import { check } from './checker.ts';
import type { Violation } from './checks/violation.ts';
import { type CustomerHabits, customerHabits, startCustomer } from './customer.ts';
import { faultKinds, type Scene } from './faults.ts';
import type { FaultRecord, History, Ledger } from './history.ts';
import { type LedgerReader, openLedger } from './ledger-postgres.ts';
import { type Random, random } from './random.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { Planned } from './schedule.ts';
import type { World } from './world.ts';

export interface RunOptions {
  world: World;
  seed: number;
  faults: readonly Planned[];
  /** How long clients do things, in ms. */
  forMs: number;
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

/** What a recovery is waited for at most; what takes longer is a violation of its own in the end. */
const RECOVERY_WITHIN_MS = 30_000;
/** A send that takes longer than this after healing is named, with what it was told. */
const SLOW_MS = 10_000;
/** Everybody was served by then, or never will be. */
const SETTLE_WITHIN_MS = 25_000;
const CONVERGED_WITHIN_MS = 8_000;

/** One run: load, faults, healing, quiet, and the checker's word on it. The world is left as it is, healed. */
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
  await injectAll(scene, options.faults, options.forMs, recorder, chance, say);
  await healEverything(world);
  history.healedAt = Date.now();
  const reader = await openLedger({
    databaseUrl: world.databaseUrl,
    redisUrl: world.backends.redis.url,
    redisPrefix: world.redisPrefix,
  });
  try {
    const lineRight = watchLine(reader, history.healedAt);
    // A moment of calm, in which everything is as it should be.
    await sleep(1_500);
    for (const one of [...customers, ...agents]) one.quiet();
    history.quietAt = Date.now();
    await settle({ world, recorder, reader, agents, newAgent, autoAssign: options.autoAssign, lineRight });
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

async function injectAll(
  scene: Scene,
  faults: readonly Planned[],
  forMs: number,
  recorder: Recorder,
  chance: Random,
  say: (line: string) => void,
): Promise<void> {
  const start = Date.now();
  const one = async ({ kind, target, at, holdMs }: Planned, index: number) => {
    await sleep(Math.max(0, start + at - Date.now()));
    const begun = Date.now();
    const fault = faultKinds[kind];
    if (fault === undefined) throw new Error(`there is no fault named ${kind}`);
    try {
      const heal = await fault.inject(scene, target, chance.fork(`fault-${index}`));
      await sleep(holdMs);
      await heal();
    } catch (error) {
      // A fault that could not be done, as the one before it is still felt, is no fault of the system.
      say(`        (${kind} × ${target} could not be done: ${error instanceof Error ? error.message : error})`);
      return;
    }
    const healedAt = Date.now();
    const record: FaultRecord = { kind, target, at: begun, healedAt, recoveredMs: 0 };
    recorder.history.faults.push(record);
    const open = [...recorder.pending];
    while (open.some((send) => recorder.pending.has(send)) && Date.now() - healedAt < RECOVERY_WITHIN_MS)
      await sleep(20);
    record.recoveredMs = open.length === 0 ? 0 : Date.now() - healedAt;
    const slow = open.filter((send) => (send.told.at(-1)?.at ?? Number.POSITIVE_INFINITY) > healedAt + SLOW_MS);
    for (const { client, clientMessageId, told } of slow.slice(0, 3))
      say(
        `        (slow: ${clientMessageId} of ${client}, told ${told.map((one) => (one.ok ? 'ok' : one.code)).join(' ')})`,
      );
    say(
      `${String(at).padStart(7)} ms  ${kind} × ${target}, ${healedAt - begun} ms, recovered in ${record.recoveredMs} ms`,
    );
  };
  await Promise.all(faults.map(one));
  await sleep(Math.max(0, start + forMs - Date.now()));
}

/** Whatever a fault has left: nothing is, from here on. */
async function healEverything(world: World): Promise<void> {
  for (const proxy of world.proxies()) proxy.heal();
  for (const { process } of world.members) {
    process.resume();
    if (process.exit !== undefined) await process.start();
  }
  if (world.model.exit !== undefined) await world.model.start();
  await world.modelBehaves('usual');
}

/** From healing until the line and the record agree, in ms; a look that saw them differ says nothing by itself. */
async function watchLine(reader: LedgerReader, since: number): Promise<number | undefined> {
  while (Date.now() - since < SETTLE_WITHIN_MS) {
    // The record before and after: what changed while the line was read is in neither.
    const before = await reader.waiting();
    const line = await reader.readLine();
    const after = await reader.waiting();
    const key = (one: { sessionId: string; priority: string }, at: number) => `${one.sessionId} ${one.priority} ${at}`;
    const [first, last] = [before, after].map((list) => new Set(list.map((one) => key(one, one.requestedAt))));
    const inLine = new Set(line.map((one) => key(one, one.startMs)));
    const steady = [...(first ?? [])].filter((one) => last?.has(one));
    if (steady.every((one) => inLine.has(one)) && [...inLine].every((one) => first?.has(one) || last?.has(one)))
      return Date.now() - since;
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
  lineRight: Promise<number | undefined>;
}): Promise<void> {
  const { recorder, reader, agents } = options;
  const { graceMs, deadlineMs } = options.world.times;
  const { history } = recorder;
  await within(SETTLE_WITHIN_MS, async () => recorder.pending.size === 0);
  // One leaves for good, with what it holds.
  const leaver = agents.at(-1);
  leaver?.depart();
  const right = await options.lineRight;
  if (right !== undefined) history.lineRightMs = right;
  await within(deadlineMs + 10_000, async () => (await reader.owed()) === 0);
  const goneAt = history.departed[0]?.at;
  if (goneAt !== undefined) {
    await within(graceMs + 6_000, async () => {
      const { sessions } = await reader.read();
      return !sessions.some((one) => one.status === 'agent' && one.assignedAgent === leaver?.agentId);
    });
  }
  if (options.autoAssign) {
    await sleep(5_000);
    return;
  }
  const last = options.newAgent('the-last-agent', 100);
  last.quiet();
  agents.push(last);
  await within(5_000, async () => last.agentId !== undefined && last.link?.up === true);
  // What was put in line a moment ago by the departure is there when the line is right again.
  await watchLine(reader, Date.now());
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
