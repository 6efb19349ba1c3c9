import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestSpace } from '@baton/testkit';
import { until } from '@baton/testkit';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A gateway as a process of its own, with all that it writes. */
export function spawnGateway(space: TestSpace, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...space.env,
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'trace',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = () =>
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    exited,
    output: () => output,
    errors: () => errors,
    lines,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves when it listens. */
    async up(): Promise<{ url: string }> {
      const port = await until(() => lines().find(({ msg }) => msg === 'listening')?.port, {
        within: 60_000,
        what: 'the start',
      });
      return { url: `http://127.0.0.1:${String(port)}` };
    },
  };
}
export type GatewayProcess = ReturnType<typeof spawnGateway>;
