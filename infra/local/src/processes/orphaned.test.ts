import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';

const folder = await mkdtemp(join(tmpdir(), 'baton-orphaned-'));
afterAll(() => rm(folder, { recursive: true }));
const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const node = JSON.stringify(process.execPath);

/** Like `npm start`'s program: it goes on until it is asked to stop, and then says so. */
await writeFile(
  join(folder, 'program.mjs'),
  `import { writeFileSync } from 'node:fs';
   import { stopRequest } from ${module('./stop-request.ts')};
   const stop = stopRequest();
   console.log(JSON.stringify({ program: process.pid, bootstrap: process.ppid }));
   const open = setInterval(() => {}, 1_000);
   await stop.asked;
   writeFileSync(process.argv[2], stop.signal());
   clearInterval(open);`,
);
/** What `npm start` runs: it runs the program in its own place. */
await writeFile(
  join(folder, 'bootstrap.mjs'),
  `import { runInPlace } from ${module('../../../bootstrap.mjs')};
   runInPlace(${node}, [${JSON.stringify(join(folder, 'program.mjs'))}, process.argv[2]]);`,
);
/** As npm does it: a shell between it and the script. */
await writeFile(
  join(folder, 'npm.mjs'),
  `import { spawn } from 'node:child_process';
   const script = \`${node} ${JSON.stringify(join(folder, 'bootstrap.mjs'))} \${process.argv[2]}; exit $?\`;
   spawn('sh', ['-c', script], { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } });`,
);

async function started(note: string) {
  const npm: ChildProcess = spawn(process.execPath, [join(folder, 'npm.mjs'), note], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (npm.stdout === null) throw new Error('it has no output');
  const [line] = await once(npm.stdout, 'data');
  const pids = JSON.parse(String(line)) as { program: number; bootstrap: number };
  onTestFinished(() => {
    for (const pid of [pids.program, pids.bootstrap, npm.pid ?? 0])
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
  });
  return { ...pids, npm: npm.pid ?? 0 };
}

describe('npm start ends in order', () => {
  it.each(['npm', 'bootstrap'] as const)('when its %s is killed, which passes nothing on', async (which) => {
    const note = join(folder, `${which}.stopped`);
    const pids = await started(note);
    process.kill(pids[which], 'SIGKILL');
    // Both look every half second.
    await vi.waitFor(async () => expect(await readFile(note, 'utf8')).toBe('SIGTERM'), { timeout: 15_000 });
  });
});
