import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from '../ids/random.ts';

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/): 16 bytes name a trace, 8 bytes a step of it. The ids always
 * travel, for logs and acknowledgements. Spans are made of the steps only while there is a recorder: see
 * `tracing-otel.ts`.
 */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
}

/** As OpenTelemetry knows them: who asked, who answers, who consumes what was published, and what is done within. */
export type SpanKind = 'client' | 'server' | 'consumer' | 'internal';

/** A step that is recorded as a span. */
export interface Span extends Trace {
  note(name: string, value: string | number): void;
  /** Once. `fault` says that what was done has failed. */
  end(fault?: string): void;
}

/** Makes spans. `parent` is a step of this process or of another; a span without one begins a trace. */
export interface Recorder {
  begin(name: string, kind: SpanKind, parent: Trace | undefined): Span;
}

/** A step gets its id when somebody asks for it, as most end without being told to anybody. */
class Step implements Trace {
  readonly traceId: string;
  #spanId: string | undefined;
  constructor(traceId: string, spanId?: string) {
    this.traceId = traceId;
    this.#spanId = spanId;
  }
  get spanId(): string {
    this.#spanId ??= randomHex(8);
    return this.#spanId;
  }
}

export const TRACE_HEADER = 'traceparent';
const current = new AsyncLocalStorage<Trace | Span>();
let recorder: Recorder | undefined;

/** From now on steps with a name are recorded; undefined ends that. */
export function recordSpans(by: Recorder | undefined): void {
  recorder = by;
}

/** Whether there is somebody to tell of spans. What only they need is not sent otherwise. */
export const isRecording = (): boolean => recorder !== undefined;

export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/**
 * Runs `work` as a step of the trace that `parent` (a traceparent header) names, or of a new one. With a name it can be
 * recorded as a span; without one it only goes on where `parent` was.
 */
export function inTrace<T>(parent: string | undefined, work: () => T, name?: string, kind: SpanKind = 'server'): T {
  const traceId = traceIdOf(parent);
  if (recorder === undefined) return current.run(new Step(traceId ?? randomHex(16)), work);
  const origin = originOf(parent);
  if (name === undefined) return current.run(origin ?? new Step(randomHex(16)), work);
  return recorded(recorder.begin(name, kind, origin), work);
}

/** Runs `work` where `trace`, a step of this process, was: for what is done later, or for several traces at once. */
export const inTraceOf = <T>(trace: Trace | undefined, work: () => T): T =>
  trace === undefined ? work() : current.run(trace, work);

/** Runs `work` as a span within the current one, when spans are recorded. Else it is only run. */
export function inSpan<T>(name: string, kind: SpanKind, work: () => T): T {
  return recorder === undefined ? work() : recorded(recorder.begin(name, kind, current.getStore()), work);
}

/**
 * Runs `work` as a span within the current one, and records a span of the same name and time in each trace that one of
 * `parents` names: for what is done once for the messages of several traces.
 */
export function inSpans<T>(name: string, kind: SpanKind, parents: readonly string[], work: () => T): T {
  const by = recorder;
  if (by === undefined) return work();
  const others = parents.map((parent) => by.begin(name, kind, originOf(parent)));
  return recorded(by.begin(name, kind, current.getStore()), work, others);
}

/** The step that a header names: the parent of what is recorded within, so that spans hang together. */
function originOf(parent: string | undefined): Step | undefined {
  const traceId = traceIdOf(parent);
  return traceId === undefined ? undefined : new Step(traceId, parent?.slice(36, 52));
}

/** Notes a fact, never what people wrote, on the span that is recorded around the caller. [S5] */
export function noteOnSpan(name: string, value: string | number): void {
  if (recorder === undefined) return;
  const step = current.getStore();
  if (step !== undefined && 'note' in step) step.note(name, value);
}

/** The span ends with the work, and others with it: when it returns, or when its promise is settled. */
function recorded<T>(span: Span, work: () => T, others: readonly Span[] = []): T {
  let result: T;
  const end = (fault?: string) => {
    span.end(fault);
    for (const other of others) other.end(fault);
  };
  try {
    result = current.run(span, work);
  } catch (error) {
    end(nameOf(error));
    throw error;
  }
  if (!(result instanceof Promise)) {
    end();
    return result;
  }
  result.then(
    () => end(),
    (error: unknown) => end(nameOf(error)),
  );
  return result;
}

/** The text of an error may quote what was written. [S5] */
const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

/** By hand, because it is read with every message: a regular expression that has not run for a while takes 20 µs. */
function traceIdOf(header: string | undefined): string | undefined {
  if (header?.length !== HEADER_LENGTH || !header.startsWith('00-')) return undefined;
  return isId(header, 3, 35) && isId(header, 36, 52) ? header.slice(3, 35) : undefined;
}
/** Version, trace, step and flags, with a dash between each. */
const HEADER_LENGTH = 55;
/** Hexadecimal digits, not all of them 0: the standard names nothing so. */
function isId(header: string, start: number, end: number): boolean {
  let seen = 0;
  for (let index = start; index < end; index++) {
    const code = header.charCodeAt(index);
    if (!isHex(code)) return false;
    seen |= code ^ ZERO;
  }
  return seen !== 0;
}
const ZERO = 48;
/** 0 to 9, a to f: the standard has no capitals. */
const isHex = (code: number) => (code >= 48 && code <= 57) || (code >= 97 && code <= 102);

/** The header that carries the current trace on; undefined outside of one. */
export const traceparent = (): string | undefined => traceparentOf(current.getStore());

export const traceparentOf = (trace: Trace | undefined): string | undefined =>
  trace === undefined ? undefined : `00-${trace.traceId}-${trace.spanId}-01`;

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
