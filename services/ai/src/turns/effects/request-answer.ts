import { inSpan, noteOnSpan } from '@baton/runtime';
import type { Admitter } from '../../admission/admission.ts';
import { marked } from '../../context/marked-data.ts';
import type { AiMetrics } from '../../metrics.ts';
import type { CircuitBreaker } from '../../model/circuit-breaker.ts';
import { type ModelTimeouts, streamCompletion } from '../../model/completion.ts';
import type { ModelHealth } from '../../model/health.ts';
import {
  type ChatMessage,
  type Model,
  ModelFailure,
  type ToolCall,
  type ToolSpec,
  type Usage,
} from '../../model/model.ts';
import type { Exchange, Tell, TurnEvent } from '../machine/states.ts';

/** What the requests of one turn have cost, for its entry and the metrics. */
export interface Spent {
  model: string;
  usage: Usage | undefined;
  firstTokenMs: number | undefined;
}

export const nothingSpent = (model: string): Spent => ({ model, usage: undefined, firstTokenMs: undefined });

/**
 * One request to the model. Its text, finish or failure comes back as events; breaker, health and metrics learn of
 * it.
 */
export function requestAnswer(options: RequestOptions): Promise<void> {
  return inSpan('model', 'client', () => request(options));
}

interface RequestOptions {
  model: Model;
  circuit: CircuitBreaker;
  health: ModelHealth;
  metrics: AiMetrics;
  messages: readonly ChatMessage[];
  exchanges: readonly Exchange[];
  tools: readonly ToolSpec[];
  maxTokens: number;
  timeouts: ModelTimeouts;
  admitter: Admitter;
  signal: AbortSignal;
  spent: Spent;
  tell: Tell;
}

async function request(options: RequestOptions): Promise<void> {
  noteOnSpan('gen_ai.request.model', options.model.name);
  const { circuit, health, metrics, signal, spent, tell } = options;
  if (!circuit.allows()) return tell({ type: 'failed', kind: 'paused' });
  const modelRequest = {
    messages: [...options.messages, ...options.exchanges.flatMap(asMessages)],
    tools: options.tools,
    maxTokens: options.maxTokens,
  };
  const start = performance.now();
  let sawFirst = false;
  let finish: TurnEvent | undefined;
  const sawToken = () => {
    if (sawFirst) return;
    sawFirst = true;
    const ms = Math.round(performance.now() - start);
    spent.firstTokenMs ??= ms;
    metrics.firstToken(ms);
  };
  try {
    for await (const event of streamCompletion(
      options.model,
      modelRequest,
      options.timeouts,
      options.admitter,
      signal,
    )) {
      if (event.type === 'text' || event.type === 'tool_call') {
        tell(event);
        sawToken();
      } else if (event.type === 'finish') {
        finish = { type: 'finished', reason: event.reason, calls: event.toolCalls };
      } else if (event.type === 'usage') {
        spent.model = event.model || spent.model;
        spent.usage = sum(spent.usage, event.usage);
        metrics.used(event.usage);
      }
    }
    if (finish === undefined) return circuit.recordNothing();
    circuit.recordSuccess();
    health.succeeded();
    tell(finish);
  } catch (error) {
    if (!(error instanceof ModelFailure)) {
      circuit.recordNothing();
      throw error;
    }
    circuit.recordFailure(error);
    health.failed(error);
    metrics.modelFailed(error.kind);
    noteOnSpan('baton.failure', error.kind);
    tell({ type: 'failed', kind: error.kind, says: error.message });
  }
}

function sum(one: Usage | undefined, other: Usage): Usage {
  return {
    promptTokens: (one?.promptTokens ?? 0) + other.promptTokens,
    completionTokens: (one?.completionTokens ?? 0) + other.completionTokens,
  };
}

/** A round that is over, as the model is shown it again. */
function asMessages({ text, calls }: Exchange): ChatMessage[] {
  return [
    { role: 'assistant', text, toolCalls: calls.map(({ call }) => presentable(call)) },
    ...calls.map(
      ({ call, name, result }): ChatMessage => ({
        role: 'tool',
        toolCallId: call.id,
        text: 'text' in result ? marked(`tool ${name}`, result.text) : '',
      }),
    ),
  ];
}

/** Endpoints reject a conversation with a malformed call, even one that their own model wrote. */
function presentable(call: ToolCall): ToolCall {
  const name = /^[a-zA-Z0-9_-]{1,64}$/.test(call.name) ? call.name : 'unknown';
  try {
    JSON.parse(call.arguments);
    return { ...call, name };
  } catch {
    return { ...call, name, arguments: '{}' };
  }
}
