import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { keepServer } from './kept-server.ts';
import type { Again, OwnServer } from './server-process.ts';

const dir = await mkdtemp(`${tmpdir()}/baton-kept-`);
afterAll(() => rm(dir, { recursive: true }));

/** A server of which each life can be ended, and which works or not. */
async function kept(how: { failuresAllowed?: number; failStarts?: number; faults?: (string | undefined)[] } = {}) {
  const { failuresAllowed = 2, failStarts = 0, faults = [] } = how;
  const lives: { again: Again | undefined; end: (reason: string) => void }[] = [];
  const told: string[] = [];
  const stopped: (number | undefined)[] = [];
  let looks = 0;
  let failing = 0;
  const start = async (again?: Again): Promise<OwnServer> => {
    if (again && failing++ < failStarts) throw new Error(`cannot start (${failing})`);
    const { promise: exited, resolve } = Promise.withResolvers<string>();
    lives.push({ again, end: resolve });
    return {
      url: 'nats://127.0.0.1:4222',
      exited,
      stop: async (within) => {
        stopped.push(within);
        resolve('stopped');
      },
    };
  };
  const works = async () => {
    const fault = faults[looks++];
    if (fault !== undefined) throw new Error(fault);
  };
  const every = { calm: 10, alert: 5 };
  const tell = (line: string) => told.push(line);
  const server = await keepServer({ name: 'NATS', dir, start, works, failuresAllowed, every, tell });
  onTestFinished(() => server.stop());
  return { server, lives, told, stopped, looks: () => looks };
}

it('starts what ended again, where it was, and says both', async () => {
  const { lives, told } = await kept();
  lives[0]?.end('was ended by SIGKILL');
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(lives[1]?.again?.port).toBe(4222);
  expect(told[0]).toBe('NATS was ended by SIGKILL; starting it again');
  expect(told[1]).toMatch(/^NATS is back after \d+\.\d s, with its data, at nats:\/\/127\.0\.0\.1:4222$/);
});

it('tries on when a start fails', async () => {
  const { lives, told } = await kept({ failStarts: 2 });
  lives[0]?.end('ended with code 1');
  await vi.waitFor(() => expect(lives).toHaveLength(2), { timeout: 5_000 });
  expect(told).toContain('cannot start (2)');
});

it('starts again what runs but does not work', async () => {
  const { lives, told, stopped } = await kept({ faults: Array(2).fill('JetStream hangs') });
  await vi.waitFor(() => expect(lives).toHaveLength(2));
  expect(told[0]).toBe('NATS does not work (JetStream hangs); starting it again');
  // Soon by force: what hangs does not end by itself.
  expect(stopped[0]).toBeLessThanOrEqual(2_000);
});

it('leaves alone what failed to work for a moment', async () => {
  const { lives, told, looks } = await kept({
    failuresAllowed: 3,
    faults: ['busy', 'busy', undefined, 'busy', 'busy'],
  });
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(6));
  expect([lives.length, told]).toEqual([1, []]);
});

it('does not start again what was stopped', async () => {
  const { server, lives, told } = await kept();
  await server.stop();
  expect([lives.length, told]).toEqual([1, []]);
});
