import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServiceHealth } from '@baton/contracts';
import { freePort, until } from '@baton/testkit';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the service in a process of its own, as in production. */
export function createRunner(space: Record<string, string>) {
  const running: { child: ChildProcess; exited: Promise<number | null> }[] = [];
  return {
    async run(env: Record<string, string>) {
      const port = await freePort();
      const child = spawn(process.execPath, [main], {
        env: { PATH: process.env.PATH, ...space, HEALTH_HOST: '127.0.0.1', HEALTH_PORT: String(port), ...env },
        cwd: '/',
      });
      const output = { text: '' };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += String(chunk)));
      const exited = once(child, 'exit').then(([code]) => code as number | null);
      const health = async () => (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as ServiceHealth;
      const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      /** Resolves when it says that it is up; fails at once, with what it said, when it ends before. */
      const up = async () => {
        const over = () => child.exitCode !== null || child.signalCode !== null;
        await until(() => output.text.includes('ai is up') || over(), { within: 60_000, what: 'the start' });
        if (over()) throw new Error(`the service ended while starting: ${output.text}`);
      };
      running.push({ child, exited });
      return { child, output, exited, up, health, metrics };
    },
    /** A service that a failed test leaves behind would answer the customers of the next. */
    async endAll() {
      for (const { child, exited } of running.splice(0)) {
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}
