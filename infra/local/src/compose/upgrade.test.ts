import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../project.ts';

/**
 * A docker that keeps each service's containers as lines of a file. New ones are called new-…; what `sick` names is
 * never well.
 */
const DOCKER = `#!/bin/sh
echo "$*" >>"$STATE/calls"
case "$*" in
  "compose version") ;;
  "compose ps -q "*) cat "$STATE/$4" ;;
  "compose ps --all -q "*) cat "$STATE/$5" ;;
  "compose up "*"--scale "*)
    for last; do :; done
    n=$(wc -l <"$STATE/$last")
    [ ! -e "$STATE/cannot-start-$last" ] || { echo "new-$last-1" >>"$STATE/$last"; exit 1; }
    for i in $(seq "$n"); do echo "new-$last-$i" >>"$STATE/$last"; done ;;
  "exec "*) ! grep -q "^$2$" "$STATE/sick" ;;
  "logs "*) echo "no database" ;;
  "rm "*)
    for last; do :; done
    for file in session queue gateway; do
      grep -v "^$last$" "$STATE/$file" >"$STATE/left" || true
      cp "$STATE/left" "$STATE/$file"
    done ;;
esac
`;

async function upgrade(running: Record<string, string[]>, sick: string[] = [], broken?: string, sleep = '') {
  const state = mkdtempSync(join(tmpdir(), 'baton-upgrade-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const bin = join(state, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker'), DOCKER);
  // The wait for the proxy and between two looks.
  writeFileSync(join(bin, 'sleep'), `#!/bin/sh\n${sleep}\n`);
  for (const program of ['docker', 'sleep']) chmodSync(join(bin, program), 0o755);
  for (const service of ['session', 'queue', 'gateway'])
    writeFileSync(join(state, service), (running[service] ?? []).map((name) => `${name}\n`).join(''));
  writeFileSync(join(state, 'sick'), sick.map((name) => `${name}\n`).join(''));
  if (broken !== undefined) writeFileSync(join(state, `cannot-start-${broken}`), '');
  const child = spawn(join(ROOT, 'infra/docker/upgrade.sh'), ['session', 'queue', 'gateway'], {
    env: { PATH: `${bin}:${process.env.PATH}`, STATE: state, SESSION_SECRET: 'x'.repeat(32), UPGRADE_PATIENCE_S: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const now = (service: string) => readFileSync(join(state, service), 'utf8').split('\n').filter(Boolean);
  const calls = readFileSync(join(state, 'calls'), 'utf8').split('\n');
  return { code, output, calls, services: Object.fromEntries(['session', 'queue', 'gateway'].map((s) => [s, now(s)])) };
}

it('replaces each service that runs, the migration first', async () => {
  const done = await upgrade({ session: ['a', 'b'], gateway: ['c'] });
  expect(done.code, done.output).toBe(0);
  expect(done.services).toEqual({
    session: ['new-session-1', 'new-session-2'],
    queue: [],
    gateway: ['new-gateway-1'],
  });
  expect(done.output).toContain('queue does not run, so it is left alone');
  const at = (part: string) => done.calls.findIndex((call) => call.includes(part));
  expect(at('compose build')).toBeGreaterThanOrEqual(0);
  expect(at('compose run --rm migrate')).toBeGreaterThan(at('compose build'));
  expect(at('stop --time 30 a')).toBeGreaterThan(at('exec new-session-2'));
});

it('leaves the old ones, and none of the new, where a new one is not well', async () => {
  const failed = await upgrade({ session: ['a', 'b'], queue: ['q'], gateway: ['c'] }, ['new-session-2']);
  expect(failed.code).toBe(1);
  expect(failed.services).toEqual({ session: ['a', 'b'], queue: ['q'], gateway: ['c'] });
  expect(failed.output).toContain('no database');
  expect(failed.output).toContain('A new session is not well after 3 s, so all new ones go and the old ones stay.');
  expect(failed.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
});

it('and where new ones cannot be started; what was replaced before stays replaced', async () => {
  const failed = await upgrade({ session: ['a'], queue: ['q1', 'q2'] }, [], 'queue');
  expect(failed.code).toBe(1);
  expect(failed.services).toEqual({ session: ['new-session-1'], queue: ['q1', 'q2'], gateway: [] });
  expect(failed.output).toContain('New containers of queue cannot be started');
});

it('and where it is interrupted while it waits for new ones', async () => {
  const running = { session: ['a'], queue: ['q1', 'q2'], gateway: ['c'] };
  const ended = await upgrade(running, ['new-queue-2'], undefined, 'kill -TERM $PPID; exec /bin/sleep 0.2');
  expect(ended.code).toBe(130);
  expect(ended.services).toEqual({ ...running, session: ['new-session-1'] });
  expect(ended.output).toContain('Interrupted: all new ones of queue go and the old ones stay.');
  expect(ended.output).toContain('Replaced before that: session.');
});
