import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from './random.ts';

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/): 16 bytes name a trace, 8 bytes a step of it.
 * Only the ids travel here; exporting spans is left to whoever collects the logs and metrics.
 */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
}

/** A step gets its id when somebody asks for it, as most end without being told to anybody. */
class Step implements Trace {
  readonly traceId: string;
  #spanId: string | undefined;
  constructor(traceId: string) {
    this.traceId = traceId;
  }
  get spanId(): string {
    this.#spanId ??= randomHex(8);
    return this.#spanId;
  }
}

export const TRACE_HEADER = 'traceparent';
const current = new AsyncLocalStorage<Trace>();

export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/** Runs `work` as a step of the trace that `parent` (a traceparent header) names, or of a new one. */
export function inTrace<T>(parent: string | undefined, work: () => T): T {
  return current.run(new Step(traceIdOf(parent) ?? randomHex(16)), work);
}

/** By hand, as it is read with every message: a regular expression that has not run for a while takes 20 µs. */
function traceIdOf(header: string | undefined): string | undefined {
  if (header?.length !== HEADER_LENGTH || !header.startsWith('00-')) return undefined;
  for (let index = 3; index < 35; index++) if (!isHex(header.charCodeAt(index))) return undefined;
  return header.slice(3, 35);
}
/** Version, trace, step and flags, with a dash between each. */
const HEADER_LENGTH = 55;
/** 0 to 9, a to f: the standard has no capitals. */
const isHex = (code: number) => (code >= 48 && code <= 57) || (code >= 97 && code <= 102);

/** The header that carries the current trace on; undefined outside of one. */
export function traceparent(): string | undefined {
  const trace = current.getStore();
  return trace === undefined ? undefined : `00-${trace.traceId}-${trace.spanId}-01`;
}

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
