import type { Metrics } from '@baton/runtime';
import type { Usage } from './model/model.ts';

/** The metrics of the bot's work. Names and labels are frozen. */
export function createAiMetrics(
  metrics: Metrics,
  now: {
    turnsUnderWay: () => number;
    modelWaits: () => number;
    modelAvailable: () => boolean;
    ceilingReached: () => boolean;
  },
) {
  const turns = metrics.counter('baton_ai_turns_total', "The bot's turns, by how they ended", ['outcome']);
  const turnSeconds = metrics.histogram(
    'baton_ai_turn_seconds',
    'From the start of a turn to its end',
    ['outcome'],
    [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 45],
  );
  const firstToken = metrics.histogram(
    'baton_ai_first_token_seconds',
    'From asking the model to its first word or tool call',
    [],
    [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 7, 10],
  );
  const tokens = metrics.counter('baton_ai_tokens_total', 'Tokens, as the model endpoint counts them', ['kind']);
  const tools = metrics.counter('baton_ai_tool_calls_total', 'Tool calls, by what came of them', ['tool', 'outcome']);
  const handoffs = metrics.counter('baton_ai_handovers_total', 'Sessions given to humans, by what led to it', [
    'cause',
    'via',
  ]);
  const failures = metrics.counter('baton_ai_model_failures_total', 'Answers that the model did not give, by kind', [
    'kind',
  ]);
  const calls = metrics.counter('baton_ai_model_calls_total', 'Requests for an answer that were made to the model');
  const overBudgets = metrics.counter(
    'baton_ai_budget_refusals_total',
    'Requests that a budget did not grant, by whose budget it is and which of its limits',
    ['budget', 'limit'],
  );
  const callsToday = metrics.gauge(
    'baton_ai_budget_calls_today',
    'Calls of the model today (UTC), of all ai services, as last heard: take one, not the sum',
  );
  const tokensToday = metrics.gauge(
    'baton_ai_budget_tokens_today',
    'Tokens of the model today (UTC), of all ai services, as last heard: take one, not the sum',
  );
  metrics.gauge(
    'baton_ai_budget_ceiling_reached',
    '1 while the budget of the day is used up, so that humans answer',
    () => (now.ceilingReached() ? 1 : 0),
  );
  metrics.gauge('baton_ai_turns_under_way', 'Turns of this process that are under way', now.turnsUnderWay);
  metrics.gauge(
    'baton_ai_model_waiting',
    'Turns of this process that wait because the model endpoint limits the rate of requests',
    now.modelWaits,
  );
  metrics.gauge('baton_ai_model_available', '0 while the model answers nobody, so that humans do; else 1', () =>
    now.modelAvailable() ? 1 : 0,
  );
  return {
    turnEnded(outcome: string, seconds: number) {
      turns.inc({ outcome });
      turnSeconds.observe({ outcome }, seconds);
    },
    firstToken: (ms: number) => firstToken.observe(ms / 1_000),
    used(usage: Usage) {
      tokens.inc({ kind: 'prompt' }, usage.promptTokens);
      tokens.inc({ kind: 'completion' }, usage.completionTokens);
    },
    toolCalled: (tool: string, outcome: string) => tools.inc({ tool, outcome }),
    handedOff: (cause: string, via: string) => handoffs.inc({ cause, via }),
    modelFailed: (kind: string) => failures.inc({ kind }),
    modelCalled: () => calls.inc({}),
    overBudget: (budget: string, limit: string) => overBudgets.inc({ budget, limit }),
    today(counted: { calls: number; tokens: number }) {
      callsToday.set(counted.calls);
      tokensToday.set(counted.tokens);
    },
  };
}
export type AiMetrics = ReturnType<typeof createAiMetrics>;
