import { inSpan, noteOnSpan } from '@baton/runtime';
import type { Access } from '../../access/access.ts';
import { marked } from '../../context/marked-data.ts';
import type { AiMetrics } from '../../metrics.ts';
import { type AskLimits, askModel } from '../../model/ask.ts';
import type { Circuit } from '../../model/circuit-breaker.ts';
import type { ModelHealth } from '../../model/health.ts';
import {
  type ChatMessage,
  type Model,
  ModelFailure,
  type ToolCall,
  type ToolSpec,
  type Usage,
} from '../../model/model.ts';
import type { Exchange, TurnEvent } from '../machine/states.ts';

/** What the answers of one turn have cost, for its entry and the metrics. */
export interface Spent {
  model: string;
  usage: Usage | undefined;
  firstTokenMs: number | undefined;
}

export const nothingSpent = (model: string): Spent => ({ model, usage: undefined, firstTokenMs: undefined });

/** Asks the model once, and tells the turn what comes: words, the finish or the failure. Reports to those who keep count. */
export function askForTurn(options: AskOptions): Promise<void> {
  return inSpan('model', 'client', () => ask(options));
}

interface AskOptions {
  model: Model;
  circuit: Circuit;
  health: ModelHealth;
  metrics: AiMetrics;
  messages: readonly ChatMessage[];
  exchanges: readonly Exchange[];
  tools: readonly ToolSpec[];
  maxTokens: number;
  limits: AskLimits;
  access: Access;
  signal: AbortSignal;
  spent: Spent;
  tell: (event: TurnEvent) => void;
}

async function ask(options: AskOptions): Promise<void> {
  noteOnSpan('gen_ai.request.model', options.model.name);
  const { circuit, health, metrics, signal, spent, tell } = options;
  if (!circuit.mayAsk()) return tell({ type: 'failed', kind: 'paused' });
  const request = {
    messages: [...options.messages, ...options.exchanges.flatMap(asMessages)],
    tools: options.tools,
    maxTokens: options.maxTokens,
  };
  const start = performance.now();
  let begun = false;
  let finish: TurnEvent | undefined;
  const sawToken = () => {
    if (begun) return;
    begun = true;
    const ms = Math.round(performance.now() - start);
    spent.firstTokenMs ??= ms;
    metrics.firstToken(ms);
  };
  try {
    for await (const event of askModel(options.model, request, options.limits, options.access, signal)) {
      if (event.type === 'text' || event.type === 'tool_call') {
        sawToken();
        tell(event);
      } else if (event.type === 'finish') {
        finish = { type: 'finished', reason: event.reason, calls: event.toolCalls };
      } else if (event.type === 'usage') {
        spent.model = event.model || spent.model;
        spent.usage = sum(spent.usage, event.usage);
        metrics.used(event.usage);
      }
    }
    if (finish === undefined) return circuit.undecided();
    circuit.succeeded();
    health.succeeded();
    tell(finish);
  } catch (error) {
    if (!(error instanceof ModelFailure)) {
      circuit.undecided();
      throw error;
    }
    circuit.failed(error);
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

/** A call and its result, as the model is shown them again. */
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

/** Endpoints refuse a conversation that quotes a malformed call, and it was malformed by the model. */
function presentable(call: ToolCall): ToolCall {
  const name = /^[a-zA-Z0-9_-]{1,64}$/.test(call.name) ? call.name : 'unknown';
  try {
    JSON.parse(call.arguments);
    return { ...call, name };
  } catch {
    return { ...call, name, arguments: '{}' };
  }
}
