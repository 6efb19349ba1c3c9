import { mkdtemp, readFile, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'baton-log-'));
afterAll(() => rm(folder, { recursive: true }));

it('adds to what is there, in order', async () => {
  const path = join(folder, 'ordinary.log');
  for (const lines of [['one', 'two'], ['three']]) {
    const log = openLogFile(path);
    for (const line of lines) log.write(line);
    await log.close();
  }
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n');
});

it.runIf(process.platform === 'linux')('outlives a full disk, and says afterwards what is missing', async () => {
  const path = join(folder, 'full.log');
  // Each write to it fails with ENOSPC.
  await symlink('/dev/full', path);
  const log = openLogFile(path);
  log.write('lost');
  await new Promise((resolve) => setImmediate(resolve));
  log.write('lost too');
  await log.close();
  await unlink(path);
  log.write('kept');
  await log.close();
  expect(await readFile(path, 'utf8')).toBe('\n(about 2 lines are missing here: they could not be written)\nkept\n');
});
