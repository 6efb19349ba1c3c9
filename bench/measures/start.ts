import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@baton/local';
import { isMessage } from '../load/protocol.ts';
import { connectSocket } from '../load/socket.ts';
import { startBaton } from '../processes/baton.ts';
import { median } from '../statistics/quantiles.ts';
import { check, type Measurement, type Result } from './measure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITHIN_MS = 300_000;

/** From the command to the bot's first words, and each service from its process to being well. */
export const start: Measurement = {
  name: 'start',
  title: 'npm start to the first greeting, cold and warm; each service to being well',
  async run({ backends, quick, say }) {
    const services = new Map<string, number[]>();
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const baton = await startBaton({ backends, name: `start_${round}` });
      for (const { name, upAfterMs } of baton.services)
        services.set(name, [...(services.get(name) ?? []), upAfterMs / 1_000]);
      await baton.stop();
    }
    const clone = await copyOfProject();
    const times: number[] = [];
    try {
      for (let time = 0; time < (quick ? 2 : 4); time++) {
        say(time === 0 ? 'npm start in a new clone' : 'npm start again');
        times.push(await startToGreeting(clone));
      }
    } finally {
      await rm(clone, { recursive: true, force: true });
    }
    const [cold = Number.NaN, ...warm] = times;
    const each = [...services].map(
      ([name, seconds]): Result => ({ what: `${name} is well after`, value: median(seconds), unit: 's' }),
    );
    return {
      results: [
        {
          what: 'cold: npm start to the first greeting',
          value: cold,
          unit: 's',
          note: 'new clone, packages in the cache',
        },
        { what: 'warm: npm start to the first greeting', value: median(warm), unit: 's' },
        ...each,
      ],
      checks: [
        check('warm npm start to the first greeting', median(warm), { atMost: 6, unit: 's' }),
        check('the slowest service to being well', Math.max(...each.map(({ value }) => value)), {
          atMost: 1,
          unit: 's',
        }),
      ],
    };
  },
};

/** The project's files as a clone would have them, in a folder of its own. */
async function copyOfProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-clone-'));
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: ROOT, maxBuffer: 64 * 1_024 * 1_024 });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    // What is deleted but not yet committed is listed as well.
    await cp(join(ROOT, file), join(folder, file)).catch(() => {});
  }
  return folder;
}

/** Seconds from the command to the bot's greeting on a customer's socket. Stops everything again. */
async function startToGreeting(clone: string): Promise<number> {
  const inner = ['OFFLINE_MODEL', 'SESSION_HEALTH', 'QUEUE_HEALTH', 'AI_HEALTH', 'GATEWAY_HEALTH'];
  const names = ['PORT', ...inner.map((part) => `${part}_PORT`)];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])));
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...ports },
    stdio: 'ignore',
    detached: true,
  });
  try {
    return await greeted(`http://127.0.0.1:${ports.PORT}`, child, began);
  } finally {
    await stopGroup(child);
  }
}

async function greeted(url: string, child: ChildProcess, began: number): Promise<number> {
  while (performance.now() - began < WITHIN_MS) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
    const socket = await connectSocket(url).catch(() => undefined);
    if (socket === undefined) {
      await pause(20);
      continue;
    }
    const greeting = new Promise<void>((resolve) => {
      socket.onEvent = (event, payload) => {
        if (isMessage(event, payload) && payload.sender === 'bot') resolve();
      };
    });
    await socket.ask('customer:start_chat', { userId: 'the first' });
    await greeting;
    socket.close();
    return (performance.now() - began) / 1_000;
  }
  throw new Error('npm start did not come to a greeting');
}

/** The whole group, as Ctrl-C in a terminal would. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGINT');
  await ended;
}
