import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRecord, Send } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Scene } from './fault.ts';
import { faultKinds } from './fault-kinds.ts';
import { type Random, random } from './random.ts';
import type { Planned } from './schedule.ts';

/** How long a recovery is awaited. One that takes longer shows as a violation at the end. */
const RECOVERY_WITHIN_MS = 30_000;
/** A send that takes longer than this after healing is reported, with the replies that it got. */
const SLOW_MS = 10_000;
/** What is done to a world while clients use it; it ends when all of it is over, healed or not. */
export type Harm = (scene: Scene, recorder: Recorder) => Promise<void>;

/** The planned faults, each at its time, for `forMs` milliseconds, with how long it took to recover from each. */
export function planned(options: {
  faults: readonly Planned[];
  forMs: number;
  seed: number;
  say?: (line: string) => void;
}): Harm {
  const { faults, forMs, say = () => {} } = options;
  return async (scene, recorder) => {
    const start = Date.now();
    const chance = random(options.seed, 'run');
    const act = (one: Planned, index: number) =>
      inject(one, { scene, recorder, start, random: chance.fork(`fault-${index}`), say });
    await Promise.all(faults.map(act));
    await sleep(Math.max(0, start + forMs - Date.now()));
  };
}

async function inject(
  { kind, target, at, holdMs }: Planned,
  options: { scene: Scene; recorder: Recorder; start: number; random: Random; say: (line: string) => void },
): Promise<void> {
  const { scene, recorder, start, say } = options;
  await sleep(Math.max(0, start + at - Date.now()));
  const begun = Date.now();
  const fault = faultKinds[kind];
  if (fault === undefined) throw new Error(`there is no fault named ${kind}`);
  try {
    const heal = await fault.inject(scene, target, options.random);
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
  const isOpen = (send: Send) => recorder.pending.has(send);
  let named = false;
  while (open.some(isOpen) && Date.now() - healedAt < RECOVERY_WITHIN_MS) {
    await sleep(20);
    if (named || Date.now() - healedAt < SLOW_MS) continue;
    named = true;
    for (const send of open.filter(isOpen).slice(0, 3)) say(`        (slow: ${storyOf(send, scene)})`);
  }
  record.recoveredMs = open.length === 0 ? 0 : Date.now() - healedAt;
  say(
    `${String(at).padStart(7)} ms  ${kind} × ${target}, ${healedAt - begun} ms, recovered in ${record.recoveredMs} ms`,
  );
}

/** Why a send has no answer yet, as far as its client can say. */
function storyOf({ client, clientMessageId, sentAt, told }: Send, scene: Scene): string {
  const answers = told.map((one) => `${one.ok ? 'ok' : one.code} after ${one.at - sentAt} ms`).join(', ');
  const person = [...scene.customers, ...scene.agents].find(({ name }) => name === client);
  const now = person && `${person.doing}, ${person.connection?.up ? 'connected' : 'not connected'}`;
  return `${clientMessageId} of ${client}, sent ${Date.now() - sentAt} ms ago, told ${answers || 'nothing'}; ${now}`;
}
