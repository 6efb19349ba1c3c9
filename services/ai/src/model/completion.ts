import { within } from '@baton/runtime';
import type { Admitter } from '../admission/admission.ts';
import {
  type Again,
  failures,
  type Model,
  type ModelEvent,
  ModelFailure,
  type ModelRequest,
  type Usage,
} from './model.ts';

export interface ModelTimeouts {
  /** Until the first word, tool call or sign of work; all attempts together. */
  firstTokenMs: number;
  /** Between two pieces of the stream. */
  idleMs: number;
}

/** Attempts after the first, and only before the first word. */
const MAX_RETRIES = 2;
const BACK_OFF_MS = 400;
/** The longest `retry-after` that is honoured: the customer would wait in vain for longer. */
const MAX_RETRY_AFTER_MS = 3_000;
/** After the finish the usage may follow; the customer waits no longer than this for it. */
const AFTER_FINISH_MS = 1_000;

/**
 * Streams one completion, with a timeout for every silence: before the first token, between tokens, and after the
 * finish. An answer counts only with a finish reason and with content: the SDK reports a cut stream as a plain end.
 * [A1] After a rate limit the request is repeated when `admitter` admits it; that wait does not count as the model's.
 * [S6] Ends without an error when `signal` is aborted. @throws ModelFailure
 */
export async function* streamCompletion(
  model: Model,
  request: ModelRequest,
  timeouts: ModelTimeouts,
  admitter: Admitter,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  let firstTokenBy = performance.now() + timeouts.firstTokenMs;
  for (let attempt = 0; ; ) {
    const waitsSince = performance.now();
    const pass = await admitter.admit(request, signal);
    if (pass === undefined || signal.aborted) return pass?.leave();
    firstTokenBy += performance.now() - waitsSince;
    const seen = { something: false };
    try {
      const again = (by: AbortSignal) => pass.again(by);
      const withinLimits = { ...timeouts, firstTokenBy };
      for await (const event of attemptOnce(model, request, withinLimits, signal, seen, again)) {
        pass.answered();
        if (event.type === 'text') pass.wrote(event.text.length);
        else if (event.type === 'usage') pass.used(event.usage);
        yield event;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ModelFailure)) throw error;
      if (error.kind === 'rate_limited') {
        pass.refused(error.retryAfterMs);
        if (seen.something) throw error;
        continue;
      }
      const pause = error.retryAfterMs ?? BACK_OFF_MS * 2 ** attempt;
      const inTime = pause <= MAX_RETRY_AFTER_MS && performance.now() + pause < firstTokenBy;
      if (seen.something || !failures[error.kind].retry || attempt >= MAX_RETRIES || !inTime) throw error;
      pass.leave();
      attempt++;
      await within(pause, new Promise<never>(() => {}), signal);
      if (signal.aborted) return;
    } finally {
      pass.leave();
    }
  }
}

/** The whole text of one completion. Undefined when `signal` was aborted. @throws ModelFailure */
export async function completeText(
  model: Model,
  request: ModelRequest,
  timeouts: ModelTimeouts,
  admitter: Admitter,
  signal: AbortSignal,
): Promise<{ text: string; usage: Usage | undefined } | undefined> {
  let text = '';
  let usage: Usage | undefined;
  let finished = false;
  for await (const event of streamCompletion(model, request, timeouts, admitter, signal)) {
    if (event.type === 'text') text = event.afresh ? event.text : text + event.text;
    else if (event.type === 'finish') finished = true;
    else if (event.type === 'usage') usage = event.usage;
  }
  return finished ? { text: text.trim(), usage } : undefined;
}

async function* attemptOnce(
  model: Model,
  request: ModelRequest,
  timeouts: { idleMs: number; firstTokenBy: number },
  signal: AbortSignal,
  seen: { something: boolean },
  again: Again,
): AsyncGenerator<ModelEvent> {
  const abort = new AbortController();
  const stream = model.stream(request, AbortSignal.any([signal, abort.signal]), again)[Symbol.asyncIterator]();
  let finished = false;
  let hasContent = false;
  /** Thoughts, and a model that is loading, are not silence: only the time limit of the turn ends them. */
  let atWork = false;
  try {
    for (;;) {
      const untilFirst = timeouts.firstTokenBy - performance.now();
      const timeout = finished
        ? AFTER_FINISH_MS
        : seen.something
          ? timeouts.idleMs
          : atWork
            ? Math.max(timeouts.idleMs, untilFirst)
            : untilFirst;
      const next = await unlessLate(stream.next(), timeout, signal);
      if (next === 'aborted') return;
      if (next === 'late') {
        if (finished) return;
        throw new ModelFailure(seen.something ? 'stalled' : 'slow');
      }
      if (next.done) {
        if (finished || signal.aborted) return;
        throw new ModelFailure('cut_off');
      }
      const event = next.value;
      const hasWords = event.type === 'text' && event.text.trim() !== '';
      if (event.type === 'text') hasContent = hasWords || (hasContent && !event.afresh);
      if (hasWords || event.type === 'tool_call') seen.something = true;
      if (event.type === 'progress') atWork = true;
      if (event.type === 'finish') {
        hasContent ||= event.toolCalls.length > 0;
        if (event.reason !== 'content_filter' && !hasContent) {
          seen.something = false;
          throw new ModelFailure('empty');
        }
        finished = true;
      }
      yield event;
    }
  } finally {
    abort.abort();
    // The request is aborted; its iterator may end later.
    void stream.return?.(undefined)?.then(undefined, () => {});
  }
}

/** What `work` resolves to, unless time is up or `signal` is aborted first. */
async function unlessLate<T extends object>(work: Promise<T>, milliseconds: number, signal: AbortSignal) {
  return (await within(milliseconds, work, signal)) ?? (signal.aborted ? 'aborted' : 'late');
}
