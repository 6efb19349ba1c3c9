import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { WatchdogData } from './watchdog-thread.ts';

/** An event loop that has stood still for so long is not coming back in time for anybody. */
const STALL_MS = 10_000;
/** Ticks in that time. The thread counts its own: a process that was frozen as a whole has not stalled. */
const TICKS = 10;

/**
 * Ends this process by SIGKILL when its event loop stands still, so that its supervisor restarts it: without an
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
  const ticks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const everyMs = stallMs / TICKS;
  const ticking = setInterval(() => Atomics.add(ticks, 0, 1), everyMs);
  ticking.unref();
  const workerData: WatchdogData = { ticks, everyMs, maxMissed: TICKS, service, instance };
  // Without the process's own flags, some of which a thread refuses.
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData, execArgv: [] });
  thread.on('error', options.onFailure);
  thread.unref();
  return {
    async stop() {
      clearInterval(ticking);
      await thread.terminate();
    },
  };
}
