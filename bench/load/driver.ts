import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withWireTimes } from '../processes/node-process.ts';

/** A program beside this one that is sent orders and answers each. */
export interface Driver {
  readonly pid: number;
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows the order that it gives
  order(order: object): Promise<any>;
  stop(): Promise<void>;
}

/** Starts a program of this folder as a process of its own, so that generating load does not disturb who measures. */
export function startDriver(program: string, wireTimes?: string): Driver {
  const probe = withWireTimes(wireTimes);
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: probe.flags,
    env: { ...process.env, ...probe.env },
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  let waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined;
  child.on('message', (answer: { value?: unknown; error?: string }) => {
    const { resolve, reject } = waiting ?? {};
    waiting = undefined;
    if (answer.error === undefined) resolve?.(answer.value);
    else reject?.(new Error(answer.error));
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      process.removeListener('exit', endWithUs);
      waiting?.reject(new Error(`${program} ended (${signal ?? code})`));
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    order: (order) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        child.send(order);
      }),
    async stop() {
      if (child.connected) child.send({ kind: 'leave' });
      const force = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(force);
    },
  };
}
