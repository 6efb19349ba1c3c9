import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHeartbeat, type Pingable, startHeartbeats } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A WebSocket whose other end answers pings, as browsers do, while it is alive. */
function webSocket() {
  const emitter = new EventEmitter();
  const end: { alive: boolean } = { alive: true };
  const socket: Pingable = {
    ping: () => void (end.alive && setTimeout(() => emitter.emit('pong'), 20)),
    on: (event, listener) => emitter.on(event, listener),
  };
  return { socket, end };
}

it('[Q3] a client that answers is not quiet, and one that is dead is so from its last answer on', async () => {
  const { socket, end } = webSocket();
  const heartbeat = createHeartbeat(() => socket);
  const heartbeats = startHeartbeats(() => [heartbeat]);
  await vi.advanceTimersByTimeAsync(10_500);
  expect(heartbeat.quietMs()).toBeLessThan(1_100);
  end.alive = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heartbeat.quietMs()).toBeGreaterThan(5_000);
  end.alive = true;
  await vi.advanceTimersByTimeAsync(1_100);
  expect(heartbeat.quietMs()).toBeLessThan(1_100);
  heartbeats.stop();
});

it('a client that changes from polling to a WebSocket is asked on it; while it polls it counts as alive', async () => {
  const { socket, end } = webSocket();
  let now: Pingable | undefined;
  const heartbeat = createHeartbeat(() => now);
  const heartbeats = startHeartbeats(() => [heartbeat]);
  await vi.advanceTimersByTimeAsync(20_500);
  expect(heartbeat.quietMs()).toBeLessThan(1_100);
  now = socket;
  end.alive = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(heartbeat.quietMs()).toBeGreaterThan(3_000);
  heartbeats.stop();
});
