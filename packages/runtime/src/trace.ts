import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/): 16 bytes name a trace, 8 bytes a step of it.
 * Only the ids travel here; exporting spans is left to whoever collects the logs and metrics.
 */
export interface Trace {
  traceId: string;
  spanId: string;
}

export const TRACE_HEADER = 'traceparent';
const format = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const current = new AsyncLocalStorage<Trace>();

export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/** Runs `work` as a step of the trace that `parent` (a traceparent header) names, or of a new one. */
export function inTrace<T>(parent: string | undefined, work: () => T): T {
  const traceId = parent === undefined ? undefined : format.exec(parent)?.[1];
  return current.run({ traceId: traceId ?? randomHex(16), spanId: randomHex(8) }, work);
}

/** The header that carries the current trace on; undefined outside of one. */
export function traceparent(): string | undefined {
  const trace = current.getStore();
  return trace === undefined ? undefined : `00-${trace.traceId}-${trace.spanId}-01`;
}

/** Random bytes are asked for by the page: asking costs far more than they do. */
const pool = Buffer.alloc(4_096);
let used = pool.length;
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
