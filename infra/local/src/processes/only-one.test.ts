import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { onlyOne } from './only-one.ts';
import { readLivePidRecord, stopLeftover, writePidRecord } from './pid-record.ts';

const folder = await mkdtemp(join(tmpdir(), 'baton-pid-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.pid`);

async function sleeper() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  return { pid: child.pid ?? 0, ended, kill: () => child.kill('SIGKILL') };
}

it('lets one in, tells the second who is there, and lets it in afterwards', async () => {
  const file = newFile();
  const release = await onlyOne(file);
  await expect(onlyOne(file)).rejects.toThrow(
    new RegExp(`^Baton is already running in this clone \\(process ${process.pid}\\)\\.`),
  );
  await release();
  await (await onlyOne(file))();
  expect(existsSync(file)).toBe(false);
});

it('lets exactly one of many in', async () => {
  const file = newFile();
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => onlyOne(file)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('does not mind what a killed run left, damaged or not', async () => {
  const file = newFile();
  const dead = await sleeper();
  await writePidRecord(file, dead.pid);
  dead.kill();
  await dead.ended;
  const found: (number | undefined)[] = [];
  const note = (pid: number | undefined) => void found.push(pid);
  await (await onlyOne(file, note))();
  await writeFile(file, '{"pid": 1');
  await (await onlyOne(file, note))();
  await (await onlyOne(file, note))();
  expect(found).toEqual([dead.pid, undefined]);
});

it('does not take another process for ours because it got the same number', async () => {
  const file = newFile();
  // Our own pid, remembered as that of a process which began at another time.
  await writeFile(file, JSON.stringify({ pid: process.pid, identity: 'an earlier boot:12345' }));
  expect(await readLivePidRecord(file)).toBeUndefined();
  expect(await stopLeftover(file)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
});

it('stops what a killed run left running', async () => {
  const file = newFile();
  const left = await sleeper();
  await writePidRecord(file, left.pid);
  expect(await readLivePidRecord(file)).toMatchObject({ pid: left.pid });
  expect(await stopLeftover(file)).toBe(left.pid);
  await left.ended;
  expect(await readLivePidRecord(file)).toBeUndefined();
});
