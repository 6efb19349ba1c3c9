import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';

const watchdog = JSON.stringify(new URL('./watchdog.ts', import.meta.url).href);
const STALL_MS = 1_000;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that is watched, says so, and does `work` when it is told anything. */
function watched(work: string) {
  const program = `
    import { startWatchdog } from ${watchdog};
    startWatchdog({ service: 'test', instance: 'test-1', stallMs: ${STALL_MS}, onFailure: console.error });
    process.stdin.on('data', () => { ${work} });
    console.log('watched');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (data) => {
    printed += data;
  });
  return { child, printed: () => printed, ready: once(child.stdout, 'data') };
}

it('[O1] ends a process whose event loop stands still, and says so as the log would', async () => {
  const { child, printed, ready } = watched('for (;;);');
  await ready;
  child.stdin.write('go\n');
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(printed().trim().split('\n').at(-1) ?? '')).toMatchObject({
    level: 'fatal',
    service: 'test',
    instance: 'test-1',
    msg: 'the event loop has stood still for 1 s; leaving',
  });
});

it('lets a process live that was frozen as a whole', async () => {
  const { child, ready } = watched(`console.log('alive'); process.exit(7);`);
  await ready;
  child.kill('SIGSTOP');
  await sleep(2 * STALL_MS);
  child.kill('SIGCONT');
  // A stall takes all of this time to be noticed, and is not.
  await sleep(STALL_MS);
  child.stdin.write('go\n');
  expect(await once(child, 'close')).toEqual([7, null]);
});
