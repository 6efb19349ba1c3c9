import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@baton/testkit';
import { makeSmallDisk, type SmallDisk } from '@baton/testkit/small-disk';
import pg from 'pg';
import { expect, it, onTestFailed, onTestFinished } from 'vitest';
import { dataFolder, type RunningStart, runStart } from './running-start.ts';
import { startWriter, type Writer } from './writer.ts';

const WRITERS = 8;
const FULL_FOR_MS = 15_000;
/** After this who writes is told at once; until then a restart is hoped for. */
const KNOWN_AFTER_MS = 6_000;
const AT_ONCE_MS = 2_000;
/** So that each message costs the disk something: bytes of text. */
const PADDING = 4_000;

/** What `npm start` runs on a disk of 260 MB, and customers who write on it. */
interface Scene {
  disk: SmallDisk;
  start: RunningStart;
  writers: Writer[];
  database: string;
}

async function smallDisk(): Promise<SmallDisk | undefined> {
  const { data, remove } = await dataFolder();
  const disk = await makeSmallDisk(join(data, 'disk'), '260m');
  if (disk === undefined) await remove();
  return (
    disk && {
      ...disk,
      remove: async () => {
        await disk.remove();
        await remove();
      },
    }
  );
}

/** Not everybody may mount one: it takes root. */
const probe = await smallDisk();
await probe?.remove();

async function setScene(): Promise<Scene> {
  const disk = await smallDisk();
  if (disk === undefined) throw new Error('no disk can be mounted any more');
  onTestFinished(disk.remove);
  // The logs grow meanwhile, too: some lines would fit what is left of a block of theirs.
  const env = { MESSAGE_RATE: '1000', MESSAGE_BURST: '10000', AUTO_ASSIGN: 'false', LOG_LEVEL: 'debug' };
  const start = await runStart(disk.folder, env);
  onTestFailed(() => console.error(start.screen()));
  onTestFinished(async () => {
    start.process.kill('SIGTERM');
    await start.ended;
  });
  const ports = JSON.parse(await readFile(join(disk.folder, 'ports.json'), 'utf8')) as { postgres: number };
  const writers = await Promise.all(
    Array.from({ length: WRITERS }, (_, index) => startWriter(start.url, `ada${index}`, PADDING)),
  );
  await Promise.all(writers.map((writer) => writer.next()));
  return { disk, start, writers, database: `postgresql://baton@127.0.0.1:${ports.postgres}/baton` };
}

/** Fills the disk, lets `harm` be done, frees it, and looks that all is well again and nothing is lost. */
async function survives({ disk, start, writers, database }: Scene, harm: () => Promise<void>): Promise<void> {
  await disk.fill();
  const full = performance.now();
  await harm();
  await pause(full + FULL_FOR_MS - performance.now());
  expect(start.process.exitCode).toBeNull();

  await disk.empty();
  const begin = performance.now();
  const well = async () => {
    const response = await fetch(`${start.url}/health`);
    return response.ok && ((await response.json()) as { status: string }).status === 'up';
  };
  await Promise.all(writers.map((writer) => writer.next()));
  const writing = performance.now() - begin;
  await until(well, { within: 30_000, what: 'all is well' });
  const all = performance.now() - begin;
  await Promise.all(writers.map((writer) => writer.stop()));

  const client = new pg.Client(database);
  await client.connect();
  const kept = await client.query<{ id: string }>(
    'SELECT client_message_id AS id FROM messages WHERE client_message_id IS NOT NULL',
  );
  await client.end();
  const ids = new Set(kept.rows.map(({ id }) => id));
  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);

  const refusals = writers.flatMap((writer) => writer.refusals);
  const known = refusals.filter(({ at }) => at > full + KNOWN_AFTER_MS && at < begin);
  const slowest = Math.max(...known.map(({ ms }) => ms));
  console.log(
    `${acknowledged.length} acknowledged, all kept; ${refusals.length} refused, ${known.length} of them after ` +
      `${KNOWN_AFTER_MS / 1_000} s, within ${slowest.toFixed(0)} ms; ` +
      `written again ${(writing / 1_000).toFixed(1)} s, all well ${(all / 1_000).toFixed(1)} s after space was free`,
  );
  expect(all).toBeLessThan(30_000);
  // [O2] Who writes meanwhile is told, with a code, and need not wait for it.
  expect(new Set(known.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']));
  expect(slowest).toBeLessThan(AT_ONCE_MS);
}

it.runIf(probe)(
  '[M1] [O2] is well within 30 s of a full disk that is freed, and has lost nothing it acknowledged',
  async () => {
    await survives(await setScene(), async () => {});
  },
  180_000,
);

it.runIf(probe)(
  '[M1] [O2] waits for space when Postgres has died of the full disk, and then starts it again',
  async () => {
    const scene = await setScene();
    const { database, start } = scene;
    // Its own log must go on in a new file, for which there is no room: Postgres ends itself with a PANIC.
    const panic = async () => {
      const client = new pg.Client(database);
      client.on('error', () => {});
      await client.connect();
      const switching = async () => {
        for (;;) await client.query("SELECT pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal()");
      };
      await expect(switching()).rejects.toThrow();
      await client.end().catch(() => {});
      await until(async () => start.screen().includes('Postgres waits for space'), {
        within: 10_000,
        what: 'Postgres is dead, and waited for',
      });
    };
    await survives(scene, panic);
    // Its own log, on the same disk, has no room for the last words.
    expect(start.screen()).toMatch(/^Postgres (ended with code|was ended by) \S+; starting it again$/m);
    expect(start.screen()).toMatch(/^Postgres is back after [\d.]+ s, with its data, at /m);
  },
  180_000,
);
