import type { ToolCall } from '../model/model.ts';
import type { CallOutcome } from './registry.ts';

/** Calls of one round that are run; the rest is refused. */
const MAX_CALLS = 4;
/** Tools that call the model themselves: one a turn is enough for any customer. */
const ONCE_A_TURN: ReadonlySet<string> = new Set(['write_poem']);

/**
 * [S6] Runs the tools of one turn, round by round. A model that calls dozens, or the same again and again, is told that
 * they were not run: a model must not decide what one message may cost.
 */
export function createToolRounds() {
  const done = new Set<string>();
  return {
    /** The outcome of each call, in order. */
    run(calls: readonly ToolCall[], runOne: (call: ToolCall) => Promise<CallOutcome>): Promise<CallOutcome[]> {
      return Promise.all(
        calls.map((call, index) => {
          if (index >= MAX_CALLS) return refused(call, `Not done: at most ${MAX_CALLS} tools are called at once.`);
          if (ONCE_A_TURN.has(call.name)) {
            if (done.has(call.name)) return refused(call, 'Not done: this tool is called once for an answer.');
            done.add(call.name);
          }
          return runOne(call);
        }),
      );
    },
  };
}

function refused(call: ToolCall, text: string): CallOutcome {
  return { call, name: 'refused', outcome: 'refused', result: { ok: false, text }, tookMs: 0 };
}
