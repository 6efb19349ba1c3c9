import { throttled } from '@baton/runtime';
import type { Access } from '../../access/access.ts';
import type { Context } from '../../context/fit-context.ts';
import { type Memory, summariseForMemory } from '../../context/memory.ts';
import { ModelFailure } from '../../model/model.ts';
import type { TurnParts } from '../turn-parts.ts';

/**
 * Summarises older entries while the answer is made, which does not wait. If it fails, the model just no longer sees
 * them.
 */
export async function summariseBeside(options: {
  parts: Pick<TurnParts, 'model' | 'settings' | 'metrics' | 'log'>;
  sessionId: string;
  toSummarise: NonNullable<Context['toSummarise']>;
  before: string | null;
  access: Access;
  signal: AbortSignal;
}): Promise<Memory | undefined> {
  const { parts, sessionId, toSummarise, before, access, signal } = options;
  const { model, settings, metrics, log } = parts;
  try {
    const timeouts = settings.modelTimeouts;
    const done = await summariseForMemory({ model, before, ...toSummarise, timeouts, access, signal });
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
