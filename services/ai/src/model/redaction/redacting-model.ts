import type { ChatMessage, Model, ModelEvent, ToolCall } from '../model.ts';
import type { RedactionKind } from './kinds.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { createStreamRestorer } from './restore-stream.ts';

const NOTE = `Values in square brackets with a number, such as [email 1] or [card 1], stand for real ones that are not shown to you. Write them unchanged, in answers and in the arguments of tools, and they are filled in. Do not ask for what one stands for.`;

/**
 * [S9] The model, asked without mail addresses, telephone numbers, cards, accounts and keys: placeholders stand for
 * them in everything that is sent. Text and calls of its answer are given with the values again.
 */
export function redactingModel(model: Model, kinds: ReadonlySet<RedactionKind>): Model {
  if (kinds.size === 0) return model;
  return {
    name: model.name,
    get contextTokens() {
      return model.contextTokens;
    },
    get wantsTrial() {
      return model.wantsTrial ?? false;
    },
    describe: () => model.describe(),
    check: (signal) => model.check(signal),
    stream(request, signal, again) {
      const placeholders = createPlaceholders(kinds);
      const messages = request.messages.map((message) => withoutPrivate(message, placeholders));
      if (!placeholders.used) return model.stream(request, signal, again);
      return restored(model.stream({ ...request, messages: withNote(messages) }, signal, again), placeholders);
    },
  };
}

function withoutPrivate(message: ChatMessage, { hide }: Placeholders): ChatMessage {
  const hidden = { ...message, text: hide(message.text) };
  if (hidden.role !== 'assistant' || hidden.toolCalls === undefined) return hidden;
  return {
    ...hidden,
    toolCalls: hidden.toolCalls.map((call) => ({ ...call, arguments: inJson(call.arguments, hide) })),
  };
}

/** Names and values within JSON, without its escapes. A number becomes a text: no placeholder is a number. */
function inJson(json: string, hide: (text: string) => string): string {
  let changed = false;
  const hidden = <Value>(text: string, otherwise: Value) => {
    const without = hide(text);
    changed ||= without !== text;
    return without === text ? otherwise : without;
  };
  try {
    const value: unknown = JSON.parse(json, (_, value: unknown, { source }: { source?: string } = {}) => {
      if (typeof value === 'string') return hidden(value, value);
      if (typeof value === 'number') return hidden(source ?? String(value), value);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, held]) => [hidden(name, name), held]));
    });
    return changed ? JSON.stringify(value) : json;
  } catch {
    return hide(json);
  }
}

function withNote(messages: readonly ChatMessage[]): ChatMessage[] {
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ role: 'system', text: `${first.text}\n\n${NOTE}` }, ...rest]
    : [{ role: 'system', text: NOTE }, ...messages];
}

async function* restored(events: AsyncIterable<ModelEvent>, placeholders: Placeholders): AsyncGenerator<ModelEvent> {
  const restorer = createStreamRestorer(placeholders);
  for await (const event of events) {
    if (event.type === 'text') {
      if (event.afresh) restorer.end();
      const text = restorer.push(event.text);
      yield text === '' && !event.afresh ? { type: 'progress' } : { ...event, text };
    } else if (event.type === 'finish') {
      const rest = restorer.end();
      if (rest !== '') yield { type: 'text', text: rest };
      yield { ...event, toolCalls: event.toolCalls.map((call) => withValues(call, placeholders)) };
    } else yield event;
  }
  const rest = restorer.end();
  if (rest !== '') yield { type: 'text', text: rest };
}

const withValues = (call: ToolCall, { restoreInJson }: Placeholders): ToolCall => ({
  ...call,
  arguments: restoreInJson(call.arguments),
});
