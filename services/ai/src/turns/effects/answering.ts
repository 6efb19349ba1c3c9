import { inSpan, noteOnSpan } from '@baton/runtime';
import type { Admitter } from '../../admission/admission.ts';
import type { Context } from '../../context/fit-context.ts';
import type { ToolCall } from '../../model/model.ts';
import { createToolRounds } from '../../tools/call-limits.ts';
import type { CallOutcome } from '../../tools/registry.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { toolCustomer } from '../../tools/tool-customer.ts';
import type { Exchange, Tell } from '../machine/states.ts';
import type { TurnDependencies } from '../turn-dependencies.ts';
import { type Conversation, toolsFor } from './conversation.ts';
import { nothingSpent, requestAnswer } from './request-answer.ts';

/** The effects that lead to an answer: requests to the model, and tools. Turns and answers on request share them. */
export function createAnswering(parts: TurnDependencies) {
  const { settings } = parts;
  const spent = nothingSpent(parts.model.name);
  const toolsUsed: { name: string; outcome: string; ms: number }[] = [];
  const toolRounds = createToolRounds();
  /** Aborted, and replaced, by `stop`. */
  let running = new AbortController();

  const runTool = async (call: ToolCall, context: ToolContext) => {
    const outcome = await parts.tools.run(call, context);
    noteOnSpan('gen_ai.tool.name', outcome.name);
    noteOnSpan('baton.outcome', outcome.outcome);
    return outcome;
  };

  return {
    spent,
    toolsUsed,
    /** Aborted when what runs now is stopped. */
    get signal() {
      return running.signal;
    },

    async request(
      conversation: Conversation,
      context: Context,
      exchanges: readonly Exchange[],
      admitter: Admitter,
      tell: Tell,
    ): Promise<void> {
      const { signal } = running;
      await requestAnswer({
        ...parts,
        messages: context.messages,
        exchanges,
        tools: toolsFor(parts, conversation),
        maxTokens: settings.maxAnswerTokens,
        timeouts: settings.modelTimeouts,
        admitter,
        signal,
        spent,
        tell: (event) => {
          if (!signal.aborted) tell(event);
        },
      });
    },

    async runTools(
      calls: readonly ToolCall[],
      { session, unansweredSeq }: Conversation,
      admitter: Admitter,
      tell: Tell,
    ): Promise<void> {
      const { signal } = running;
      const outcomes =
        session === undefined
          ? calls.map(withoutSession)
          : await toolRounds.run(calls, (call) =>
              inSpan('tool', 'internal', () =>
                runTool(call, { session, customer: toolCustomer(session), unansweredSeq, admitter, signal }),
              ),
            );
      for (const { name, outcome, tookMs } of outcomes) {
        parts.metrics.toolCalled(name, outcome);
        toolsUsed.push({ name, outcome, ms: tookMs });
      }
      if (!signal.aborted) tell({ type: 'tools_done', calls: outcomes });
    },

    stop(): void {
      running.abort();
      running = new AbortController();
    },
  };
}

function withoutSession(call: ToolCall): CallOutcome {
  const result = { ok: false, text: 'There are no tools here.' };
  return { call, name: 'unknown', outcome: 'misused', result, tookMs: 0 };
}
