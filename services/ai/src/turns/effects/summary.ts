import type { Log } from '@baton/runtime';
import type { Access } from '../../access/access.ts';
import type { Context } from '../../context/fit-context.ts';
import { type Memory, summariseForMemory } from '../../context/memory.ts';
import { ModelFailure } from '../../model/model.ts';
import type { TurnParts } from '../parts.ts';

/**
 * Summarises older entries beside the answer, which does not wait. Without a summary the model no longer sees them.
 */
export async function summariseBeside(options: {
  parts: Pick<TurnParts, 'model' | 'settings' | 'metrics'>;
  toSummarise: NonNullable<Context['toSummarise']>;
  before: string | null;
  access: Access;
  signal: AbortSignal;
  log: Log;
}): Promise<Memory | undefined> {
  const { parts, toSummarise, before, access, signal, log } = options;
  const { model, settings, metrics } = parts;
  try {
    const timeouts = settings.modelTimeouts;
    const done = await summariseForMemory({ model, before, ...toSummarise, timeouts, access, signal });
    if (done?.usage) metrics.used(done.usage);
    return done?.memory;
  } catch (error) {
    // A budget that is used up is reported with the answer, not here.
    const level = error instanceof ModelFailure && error.kind.startsWith('over_') ? 'debug' : 'warn';
    log[level]({ detail: error instanceof Error ? error.message : '' }, 'older messages were not summarised');
    return undefined;
  }
}
