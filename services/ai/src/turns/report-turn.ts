import { type Log, throttled } from '@baton/runtime';
import type { AiMetrics } from '../metrics.ts';
import type { TurnEffects } from './effects/perform-effects.ts';
import type { Conclusion } from './machine/states.ts';
import type { Written } from './write-conclusion.ts';

export interface EndedTurn extends Written, Pick<TurnEffects, 'spent' | 'toolsUsed'> {
  sessionId: string;
  conclusion: Conclusion;
  ms: number;
}

/**
 * Tells operators how a turn ended: in the metrics, and in one line of the log. [S3] A customer can make turns fail as
 * often as they write, so those lines are throttled by session.
 */
export function reportTurn(metrics: AiMetrics, log: Log, ended: EndedTurn): void {
  const { sessionId, outcome, why, conclusion, ms, spent, toolsUsed } = ended;
  metrics.turnEnded(outcome, ms / 1_000);
  const handoff = 'handoff' in conclusion ? conclusion.handoff : undefined;
  if (handoff && outcome === 'handed_over') metrics.handedOff(handoff.cause, handoff.via);
  const facts = {
    sessionId,
    outcome,
    ...(why !== undefined && { why }),
    ...(handoff && { cause: handoff.cause, via: handoff.via }),
    ms: Math.round(ms),
    ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }),
    ...spent.usage,
    ...(toolsUsed.length > 0 && { tools: toolsUsed }),
  };
  const warn = (more: object, message: string) => throttled(log).warn(sessionId, { ...facts, ...more }, message);
  if (outcome === 'dropped') log.debug(facts, 'a turn was left to others');
  else if (outcome === 'failed') warn({}, 'a turn could not be written; it is tried again');
  else if (handoff?.via === 'over_budget' || handoff?.via === 'over_share')
    // Not a fault, and a customer can cause any number of them: metrics count them.
    log.info({ ...facts, detail: handoff.detail }, 'a budget is used up; its customer was handed to a human');
  else if (handoff?.cause === 'bot_failed')
    warn({ detail: handoff.detail }, 'the model gave no answer in this turn; its customer was handed to a human');
  else if (conclusion.kind === 'answer' && conclusion.noAnswer !== undefined)
    warn(
      { detail: conclusion.noAnswer.detail },
      'the model gave no answer in this turn, and no agent is online; its customer was told so',
    );
  else log.info(facts, 'a turn was done');
}
