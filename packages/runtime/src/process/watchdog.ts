import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { WatchdogData } from './watchdog-thread.ts';

/** An event loop that has stood still for so long is not coming back in time for anybody. */
const STALL_MS = 10_000;
/** Beats in that time. The thread counts its own: a process that was frozen as a whole has not stalled. */
const BEATS = 10;

/**
 * Ends this process by SIGKILL when its event loop stands still, so that whoever runs it starts it anew: without an
 * event loop no other code of ours can. Not under a debugger, which makes it stand still on purpose.
 */
export function startWatchdog(options: {
  service: string;
  instance: string;
  /** The watchdog itself has failed; the process goes on without. */
  onFailure: (error: unknown) => void;
  stallMs?: number;
}): { stop(): Promise<void> } {
  if (inspectorUrl() !== undefined) return { stop: async () => {} };
  const { service, instance, stallMs = STALL_MS } = options;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const everyMs = stallMs / BEATS;
  const beating = setInterval(() => Atomics.add(beats, 0, 1), everyMs);
  beating.unref();
  const workerData: WatchdogData = { beats, everyMs, maxMissed: BEATS, service, instance };
  // Without the process's own flags, some of which a thread refuses.
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData, execArgv: [] });
  thread.on('error', options.onFailure);
  thread.unref();
  return {
    async stop() {
      clearInterval(beating);
      await thread.terminate();
    },
  };
}
