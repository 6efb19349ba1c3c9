import type { ToolCall } from '../model/model.ts';
import type { CallOutcome } from './registry.ts';

/** Of what a model calls in one go, so many are done. */
const MAX_CALLS = 4;
/** Each asks the model itself: one in a turn is enough for any customer. */
const ONCE_A_TURN: ReadonlySet<string> = new Set(['write_poem']);

/**
 * [S6] The tools of one turn, round by round: a model that calls dozens, or the same again and again, is told that they
 * were not done. What one message may cost does not hang on what a model makes of it.
 */
export function createToolRounds() {
  const done = new Set<string>();
  return {
    /** What comes of each call, in their order. */
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
