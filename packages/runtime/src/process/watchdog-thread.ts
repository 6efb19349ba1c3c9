// A thread of its own: it runs on while the process's event loop stands still.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  /** One number, which the event loop raises at every tick. */
  ticks: Int32Array;
  everyMs: number;
  maxMissed: number;
  service: string;
  instance: string;
}

const { ticks, everyMs, maxMissed, service, instance } = workerData as WatchdogData;
let last = Atomics.load(ticks, 0);
let missed = 0;

setInterval(() => {
  const now = Atomics.load(ticks, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed < maxMissed) return;
  const msg = `the event loop has stood still for ${(maxMissed * everyMs) / 1_000} s; leaving`;
  // As the log writes it. By hand, since the log belongs to the thread that stands still.
  writeSync(1, `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), service, instance, msg })}\n`);
  process.kill(process.pid, 'SIGKILL');
}, everyMs);
