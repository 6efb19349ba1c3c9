import type { Answer, Sent, SentRequest } from './dialect.ts';

type CallStyle = 'pieces' | 'whole' | 'index 0' | 'hermes' | 'mistral' | 'llama' | 'deepseek' | 'signed';

/** How an answer is put into the chunks of a stream. What is left out is as OpenAI does it. */
export interface Style {
  /** A chunk before all others. */
  first?: object;
  /** Sent between the pieces. */
  comments?: string;
  /** The end of a line. */
  line?: '\n' | '\r\n' | '\r';
  thoughts?: 'reasoning_content' | 'reasoning' | 'tags' | 'end tag' | 'parts' | 'hidden';
  calls?: CallStyle;
  finish?: 'once' | 'never' | 'empty' | 'in every chunk';
  /** Words for the ends. */
  reasons?: { stop?: string; length?: string; tool_calls?: string };
  usage?: 'last' | 'in every chunk' | 'none' | 'odd';
  done?: boolean;
}

/** Writes answers in one style. */
export const writer =
  (style: Style = {}) =>
  (answer: Answer, request: SentRequest): Iterable<Sent> =>
    request.stream === true ? stream(style, answer, request) : [JSON.stringify(whole(style, answer, request))];

function* stream(style: Style, answer: Answer, request: SentRequest): Generator<Sent> {
  const line = style.line ?? '\n';
  const usage = usageOf(style);
  const send = (chunk: object) => `data: ${JSON.stringify(chunk)}${line}${line}`;
  const chunk = (delta: object, finish: string | null = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: request.model,
    choices: [{ index: 0, delta, finish_reason: finish ?? (style.finish === 'empty' ? '' : null) }],
    ...(style.usage === 'in every chunk' && { usage }),
  });
  if (style.first) yield send(style.first);
  yield send(chunk({ role: 'assistant', content: '' }));
  for (const delta of deltas(style, answer)) {
    if (style.comments) yield `${style.comments}${line}${line}`;
    yield send(chunk(delta));
  }
  const finish = style.finish === 'never' || style.finish === 'empty' ? undefined : finishOf(style, answer);
  if (finish !== undefined) yield send(chunk({}, finish));
  if (usage !== undefined && style.usage !== 'in every chunk' && request.stream_options !== undefined)
    yield send({ ...chunk({}), choices: [], usage });
  if (style.done !== false) yield `data: [DONE]${line}${line}`;
}

function whole(style: Style, answer: Answer, request: SentRequest): object {
  const calls = (style.calls ?? 'pieces') === 'pieces' ? 'whole' : style.calls;
  const parts = [...deltas({ ...style, ...(calls && { calls }) }, answer)];
  const message = parts.reduce<Record<string, unknown>>(
    (all, part) => {
      for (const [name, value] of Object.entries(part)) {
        const before = all[name];
        all[name] =
          typeof value === 'string' && typeof before === 'string'
            ? before + value
            : [...(Array.isArray(before) ? before : []), ...(Array.isArray(value) ? value : [value])];
      }
      return all;
    },
    { role: 'assistant', content: '', reasoning_content: '' },
  );
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: request.model,
    choices: [{ index: 0, message, finish_reason: finishOf(style, answer) }],
    usage: usageOf(style),
  };
}

function* deltas(style: Style, answer: Answer): Generator<object> {
  const { thoughts = '', text = '', calls = [] } = answer;
  const fields = { reasoning_content: 'reasoning_content', reasoning: 'reasoning' } as const;
  switch (style.thoughts ?? 'reasoning_content') {
    case 'hidden':
      break;
    case 'tags':
    case 'end tag': {
      if (thoughts === '') break;
      const begin = style.thoughts === 'tags' ? '<think>\n' : '';
      for (const piece of pieces(`${begin}${thoughts}\n</think>\n\n`)) yield { content: piece };
      break;
    }
    case 'parts':
      for (const piece of pieces(thoughts))
        yield { content: [{ type: 'thinking', thinking: [{ type: 'text', text: piece }] }] };
      break;
    default: {
      const field = fields[style.thoughts === 'reasoning' ? 'reasoning' : 'reasoning_content'];
      for (const piece of pieces(thoughts)) yield { [field]: piece };
    }
  }
  for (const piece of pieces(text))
    yield { content: style.thoughts === 'parts' ? [{ type: 'text', text: piece }] : piece };
  yield* callDeltas(style.calls ?? 'pieces', calls);
}

function* callDeltas(style: CallStyle, calls: NonNullable<Answer['calls']>): Generator<object> {
  const asText = calls.map((call) => inWords(style, call)).join('');
  if (asText !== '') for (const piece of pieces(asText)) yield { content: piece };
  else
    for (const [index, { name, arguments: args }] of calls.entries()) {
      const text = JSON.stringify(args);
      const id = `call_${index}_of_a_long_id`;
      if (style === 'pieces') {
        yield { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
        for (const piece of pieces(text)) yield { tool_calls: [{ index, function: { arguments: piece } }] };
      } else if (style === 'index 0')
        yield { tool_calls: [{ index: 0, id: `${id}_x`, type: 'function', function: { name, arguments: text } }] };
      else if (style === 'signed')
        yield {
          tool_calls: [
            {
              index: 0,
              id: '',
              type: 'function',
              function: { name, arguments: text },
              ...(index === 0 && { extra_content: { google: { thought_signature: 'c2lnbmVk' } } }),
            },
          ],
        };
      else yield { tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] };
    }
}

function inWords(style: CallStyle, call: { name: string; arguments: object }): string {
  const args = JSON.stringify(call.arguments);
  switch (style) {
    case 'hermes':
      return `<tool_call>\n{"name": "${call.name}", "arguments": ${args}}\n</tool_call>`;
    case 'mistral':
      return `[TOOL_CALLS]${call.name}[ARGS]${args}`;
    case 'llama':
      return `{"name": "${call.name}", "parameters": ${args}}`;
    case 'deepseek':
      return `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>${call.name}\n\`\`\`json\n${args}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`;
    default:
      return '';
  }
}

function finishOf({ reasons = {} }: Style, { calls = [], finish }: Answer): string {
  if (finish === 'length') return reasons.length ?? 'length';
  return calls.length > 0 ? (reasons.tool_calls ?? 'tool_calls') : (reasons.stop ?? 'stop');
}

function usageOf({ usage }: Style): object | undefined {
  if (usage === 'none') return undefined;
  if (usage === 'odd') return { prompt_tokens: -1, completion_tokens: 'many', total_tokens: null };
  return { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
}

/** About as models send them. */
function pieces(text: string): string[] {
  const size = 4;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
}
