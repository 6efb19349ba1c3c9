import type { Log } from '@baton/runtime';
import type { AiMetrics } from '../metrics.ts';
import type { TurnEffects } from './effects/effects.ts';
import type { Conclusion } from './machine/states.ts';
import type { Written } from './writer.ts';

interface Report extends Written, Pick<TurnEffects, 'spent' | 'toolsUsed'> {
  conclusion: Conclusion;
  ms: number;
}

/** Tells operators how a turn ended: in the metrics, and in one line of the log. */
export function reportTurn(metrics: AiMetrics, log: Log, report: Report): void {
  const { outcome, why, conclusion, ms, spent, toolsUsed } = report;
  metrics.turnEnded(outcome, ms / 1_000);
  const handoff = 'handoff' in conclusion ? conclusion.handoff : undefined;
  if (handoff && outcome === 'handed_over') metrics.handedOff(handoff.cause, handoff.via);
  const facts = {
    outcome,
    ...(why !== undefined && { why }),
    ...(handoff && { cause: handoff.cause, via: handoff.via }),
    ms: Math.round(ms),
    ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }),
    ...spent.usage,
    ...(toolsUsed.length > 0 && { tools: toolsUsed }),
  };
  if (outcome === 'dropped') log.debug(facts, 'a turn was left to others');
  else if (outcome === 'failed') log.warn(facts, 'a turn could not be written; it is tried again');
  else if (handoff?.via === 'over_budget' || handoff?.via === 'over_share')
    // Not a fault, and a customer can cause any number of them: metrics count them.
    log.info({ ...facts, detail: handoff.detail }, 'a budget is used up; its customer was handed to a human');
  else if (handoff?.cause === 'bot_failed')
    log.warn(
      { ...facts, detail: handoff.detail },
      'the model gave no answer in this turn; its customer was handed to a human',
    );
  else if (conclusion.kind === 'answer' && conclusion.noAnswer !== undefined)
    log.warn(
      { ...facts, detail: conclusion.noAnswer.detail },
      'the model gave no answer in this turn, and no agent is online; its customer was told so',
    );
  else log.info(facts, 'a turn was done');
}
