import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from '../faults/fault.ts';
import { openLedger } from '../history/ledger.ts';
import { type BackendName, backendNames } from '../world/backends.ts';
import { type Recovery, timeUntil } from './recovery.ts';

const GONE_MS = 60_000;
const WARM_UP_MS = 4_000;
const WITHIN_MS = 30_000;

/** [O2] A server is gone for a minute. From its first answer on: when is everything well again? */
const gone = (name: BackendName): Recovery => ({
  name: `${name} gone for a minute`,
  async measure(scene, recorder) {
    const { world } = scene;
    await sleep(WARM_UP_MS);
    const server = world.backends[name];
    const at = Date.now();
    await server.kill();
    await sleep(GONE_MS);
    await server.start();
    const fault = { kind: 'server gone', target: name, at, healedAt: Date.now(), recoveredMs: 0 };
    // Nobody can be answered meanwhile, which the checker is to know; without Redis the bot answers as ever.
    if (name !== 'redis') recorder.history.faults.push(fault);
    const open = [...recorder.pending];
    const [answered, healthy, queueMatched] = await Promise.all([
      timeUntil(() => open.every((send) => !recorder.pending.has(send)), WITHIN_MS),
      timeUntil(() => allWell(scene), WITHIN_MS),
      timeUntilLineIsRight(scene),
    ]);
    fault.recoveredMs = answered;
    return [
      { what: `${open.length} sends that waited are answered`, value: answered, unit: 'ms', atMost: 10_000 },
      { what: 'every gateway says that all is up', value: healthy, unit: 'ms', atMost: 10_000 },
      { what: 'the line is the record', value: queueMatched, unit: 'ms', atMost: 10_000 },
    ];
  },
});

async function allWell({ world }: Scene): Promise<boolean> {
  const looks = world.of('gateway').map(async ({ process }) => {
    const response = await fetch(`${process.url}/health`, { signal: AbortSignal.timeout(2_000) });
    const said: unknown = await response.json();
    return typeof said === 'object' && said !== null && 'status' in said && said.status === 'up';
  });
  return (await Promise.all(looks)).every(Boolean);
}

async function timeUntilLineIsRight({ world }: Scene): Promise<number> {
  const { databaseUrl, redisPrefix, backends } = world;
  const reader = await openLedger({ databaseUrl, redisUrl: backends.redis.url, redisPrefix });
  try {
    return await timeUntil(reader.queueMatchesRecord, WITHIN_MS);
  } finally {
    await reader.close();
  }
}

export const recoveriesOfServers: readonly Recovery[] = backendNames.map(gone);
