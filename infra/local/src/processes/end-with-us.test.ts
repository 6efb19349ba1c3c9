import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { endLeftovers, findLeftovers, lockOf } from './leftovers.ts';
import { processIdentity } from './process-identity.ts';

const folder = await mkdtemp(join(tmpdir(), 'baton-end-'));
afterAll(() => rm(folder, { recursive: true }));
const source = (name: string) => JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);

/** A program like `npm start`: it holds the lock, has a service and a server, and tells their pids. */
async function program(name: string) {
  const data = join(folder, name);
  const file = join(folder, `${name}.mjs`);
  await writeFile(
    file,
    `import { spawn } from 'node:child_process';
     import { endWithUs } from ${source('end-with-us')};
     import { onlyOne } from ${source('only-one')};
     import { writePidRecord } from ${source('pid-record')};
     await onlyOne('${lockOf(data)}');
     const stopped = endWithUs('${data}');
     const pids = [];
     for (const record of ['run/session.pid', 'redis.pid']) {
       const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
       child.unref();
       pids.push(child.pid);
       await writePidRecord('${data}/' + record, child.pid);
     }
     console.log(JSON.stringify(pids));
     process.on('SIGTERM', () => { stopped(); setTimeout(() => process.exit(0), 50); });
     setInterval(() => {}, 1e6);`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { data, child, pids: JSON.parse(String(line)) as number[] };
}
/** Three programs start one after the other, on a machine that may do much else. */
const WITHIN_MS = 40_000;

const alive = async (pids: number[]) => (await Promise.all(pids.map(processIdentity))).filter(Boolean).length;

it(
  'ends what a killed program has left, within seconds',
  async () => {
    const { child, pids } = await program('killed');
    expect(await alive(pids)).toBe(2);
    child.kill('SIGKILL');
    await vi.waitFor(async () => expect(await alive(pids)).toBe(0), { timeout: 20_000 });
  },
  WITHIN_MS,
);

it(
  'leaves alone what a program that ended in order has left to run, until the next start names and ends it',
  async () => {
    const { child, data, pids } = await program('ended');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await alive(pids)).toBe(2);
    const said: string[] = [];
    await endLeftovers(await findLeftovers(data), (line) => said.push(line));
    expect(await alive(pids)).toBe(0);
    expect(said).toEqual([
      `stopped session, which an earlier run had left (process ${pids[0]})`,
      `stopped redis, which an earlier run had left (process ${pids[1]})`,
    ]);
  },
  WITHIN_MS,
);
