import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@baton/testkit';
import { makeSmallDisk } from '@baton/testkit/small-disk';
import pg from 'pg';
import { afterAll, expect, it, onTestFailed } from 'vitest';
import { dataFolder, runStart } from './running-start.ts';
import { startWriter } from './writer.ts';

const WRITERS = 8;
const FULL_FOR_MS = 15_000;
/** So that each message costs the disk something: bytes of text. */
const PADDING = 4_000;

const { data, remove } = await dataFolder();
/** Undefined where this process may not mount one, which takes root. */
const disk = await makeSmallDisk(join(data, 'disk'), '260m');
afterAll(async () => {
  await disk?.remove();
  await remove();
});

it.runIf(disk)(
  'is well within 30 s of a full disk that is freed, and has lost nothing it acknowledged [M1]',
  async () => {
    if (disk === undefined) return;
    const start = await runStart(disk.folder, { MESSAGE_RATE: '1000', MESSAGE_BURST: '10000', AUTO_ASSIGN: 'false' });
    onTestFailed(() => console.error(start.screen()));
    try {
      const writers = await Promise.all(
        Array.from({ length: WRITERS }, (_, index) => startWriter(start.url, `ada${index}`, PADDING)),
      );
      await Promise.all(writers.map((writer) => writer.next()));
      await disk.fill();
      await pause(FULL_FOR_MS);
      expect(start.process.exitCode).toBeNull();
      const whileFull = writers.reduce((sum, writer) => sum + writer.refused(), 0);

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

      const ports = JSON.parse(await readFile(join(disk.folder, 'ports.json'), 'utf8')) as { postgres: number };
      const client = new pg.Client(`postgresql://baton@127.0.0.1:${ports.postgres}/baton`);
      await client.connect();
      const kept = await client.query<{ id: string }>(
        'SELECT client_message_id AS id FROM messages WHERE client_message_id IS NOT NULL',
      );
      await client.end();
      const ids = new Set(kept.rows.map(({ id }) => id));
      const acknowledged = writers.flatMap((writer) => writer.acknowledged);
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      console.log(
        `${acknowledged.length} acknowledged, all kept; ${whileFull} refused while full; ` +
          `written again ${(writing / 1_000).toFixed(1)} s, all well ${(all / 1_000).toFixed(1)} s after space was free`,
      );
      expect(all).toBeLessThan(30_000);
    } finally {
      start.process.kill('SIGTERM');
      await start.ended;
    }
  },
  180_000,
);
