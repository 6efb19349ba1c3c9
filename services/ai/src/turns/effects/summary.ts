import { throttled } from '@baton/runtime';
import type { Admitter } from '../../admission/admission.ts';
import type { Context } from '../../context/fit-context.ts';
import { type Memory, summariseForMemory } from '../../context/memory.ts';
import { ModelFailure } from '../../model/model.ts';
import type { TurnDependencies } from '../turn-dependencies.ts';

/**
 * Summarises older entries while the answer is made, which does not wait. If it fails, the model just no longer sees
 * them.
 */
export async function summariseBeside(options: {
  parts: Pick<TurnDependencies, 'model' | 'settings' | 'metrics' | 'log'>;
  sessionId: string;
  toSummarise: NonNullable<Context['toSummarise']>;
  before: string | null;
  admitter: Admitter;
  signal: AbortSignal;
}): Promise<Memory | undefined> {
  const { parts, sessionId, toSummarise, before, admitter, signal } = options;
  const { model, settings, metrics, log } = parts;
  try {
    const timeouts = settings.modelTimeouts;
    const done = await summariseForMemory({ model, before, ...toSummarise, timeouts, admitter, signal });
    if (done?.usage) metrics.used(done.usage);
    return done?.memory;
  } catch (error) {
    // A budget that is used up is reported with the answer, not here.
    const isOverBudget = error instanceof ModelFailure && error.kind.startsWith('over_');
    const facts = { sessionId, detail: error instanceof Error ? error.message : '' };
    const message = 'older messages were not summarised';
    if (isOverBudget) log.debug(facts, message);
    else throttled(log).warn(sessionId, facts, message);
    return undefined;
  }
}
