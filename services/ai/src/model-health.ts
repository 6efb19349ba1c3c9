import type { Log } from '@baton/runtime';
import { failures, type Model, ModelFailure } from './model.ts';

/** A paid endpoint is not asked for its health more often than this, and not at all while turns tell how it is. */
export const MODEL_CHECK_EVERY_MS = 30_000;
const CHECK_TIMEOUT_MS = 5_000;

type State = { known: false } | { known: true; up: boolean; detail: string; at: number };

/** What is known of the model's health, from real turns and, when there are none, from a look at its list of models. */
export function createModelHealth(options: { model: Model; log: Log; now?: () => number }) {
  const { model, log } = options;
  const now = options.now ?? Date.now;
  let state: State = { known: false };

  const learn = (up: boolean, detail: string) => {
    const changed = !state.known || state.up !== up || (!up && state.detail !== detail);
    state = { known: true, up, detail, at: now() };
    if (!changed) return;
    if (up) log.info({ model: model.name }, 'the model answers');
    else log.error({ model: model.name, detail }, 'the model does not work; customers are handed to humans');
  };
  const failed = (failure: ModelFailure) => {
    if (failures[failure.kind].outage) learn(false, failure.message);
  };

  return {
    succeeded: () => learn(true, ''),
    failed,
    /** Looks at the endpoint, unless something was learnt lately. Never throws. */
    async look(): Promise<void> {
      if (state.known && now() - state.at < MODEL_CHECK_EVERY_MS * 0.8) return;
      try {
        await model.check(AbortSignal.timeout(CHECK_TIMEOUT_MS));
        learn(true, '');
      } catch (error) {
        failed(error instanceof ModelFailure ? error : new ModelFailure('unreachable', { cause: error }));
      }
    },
    /** For the health report: without a request of its own. */
    async check(): Promise<void> {
      if (state.known && !state.up) throw new Error(state.detail);
    },
  };
}
export type ModelHealth = ReturnType<typeof createModelHealth>;
