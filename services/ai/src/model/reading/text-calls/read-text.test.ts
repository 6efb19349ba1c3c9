import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextReader } from './read-text.ts';

const tools = ['transfer_to_agent', 'search_knowledge'];

/** Reads a text that comes cut at the given places, and gives all that a customer would have seen, in each moment. */
function read(text: string, options: { cuts?: readonly number[]; held?: boolean; tools?: readonly string[] } = {}) {
  const reader = createTextReader({ tools: options.tools ?? tools, held: options.held ?? false });
  const cuts = [...(options.cuts ?? [])].sort((one, other) => one - other);
  const drafts: string[] = [''];
  let alive = 0;
  const take = (pieces: ReturnType<typeof reader.push>) => {
    for (const piece of pieces) {
      if (piece.type !== 'words') alive++;
      else drafts.push((piece.afresh ? '' : (drafts.at(-1) ?? '')) + piece.text);
    }
  };
  for (const [position, from] of [0, ...cuts].entries())
    take(reader.push(text.slice(from, cuts[position] ?? text.length)));
  const { pieces, calls } = reader.end();
  take(pieces);
  return { words: (drafts.at(-1) ?? '').trim(), calls, drafts, alive, seen: reader.seen };
}
const everywhere = (text: string) => Array.from({ length: text.length - 1 }, (_, at) => at + 1);

const transfer = { reason: 'asks for a human', priority: 'high' };
const T = JSON.stringify(transfer);
const asked = (args: unknown = transfer) => ({ name: 'transfer_to_agent', arguments: args });
const searched = (query: string) => ({ name: 'search_knowledge', arguments: { query } });

/** As models write them: the form, what they wrote, the words that remain, the calls. */
const forms: [form: string, text: string, words: string, calls: unknown[]][] = [
  [
    'Hermes, Qwen',
    `One moment.\n<tool_call>\n{"name": "transfer_to_agent", "arguments": ${T}}\n</tool_call>`,
    'One moment.',
    [asked()],
  ],
  [
    'Hermes, two calls',
    `<tool_call>{"name": "search_knowledge", "arguments": {"query": "a"}}</tool_call>\n<tool_call>{"name": "search_knowledge", "arguments": {"query": "b"}}</tool_call>`,
    '',
    [searched('a'), searched('b')],
  ],
  ['Hermes, without an end', `<tool_call>\n{"name": "transfer_to_agent", "arguments": ${T}}`, '', [asked()]],
  [
    'Hermes, words around',
    `I look. <tool_call>{"name":"search_knowledge","arguments":{"query":"<b> & {x}"}}</tool_call> Done.`,
    'I look. Done.',
    [searched('<b> & {x}')],
  ],
  [
    'Qwen3-Coder',
    '<tool_call>\n<function=search_knowledge>\n<parameter=query>\nopening hours\n</parameter>\n</function>\n</tool_call>',
    '',
    [searched('opening hours')],
  ],
  [
    'Qwen3-Coder without its outer tag',
    '<function=search_knowledge>\n<parameter=query>\nhours\n</parameter>\n</function>',
    '',
    [searched('hours')],
  ],
  [
    'GLM',
    '<tool_call>search_knowledge\n<arg_key>query</arg_key>\n<arg_value>hours</arg_value>\n</tool_call>',
    '',
    [searched('hours')],
  ],
  ['Llama 3, its tag', `<|python_tag|>{"name": "transfer_to_agent", "parameters": ${T}}<|eom_id|>`, '', [asked()]],
  ['Llama 3, bare', `{"name": "transfer_to_agent", "parameters": ${T}}`, '', [asked()]],
  [
    'Llama 3, two bare',
    '{"name": "search_knowledge", "parameters": {"query": "a"}}; {"name": "search_knowledge", "parameters": {"query": "b"}}',
    '',
    [searched('a'), searched('b')],
  ],
  [
    'Llama 3, after words',
    `I connect you.\n\n{"name": "transfer_to_agent", "parameters": ${T}}`,
    'I connect you.',
    [asked()],
  ],
  [
    'Llama 3, right behind its words',
    `I connect you. {"name": "transfer_to_agent", "parameters": ${T}}`,
    'I connect you.',
    [asked()],
  ],
  [
    'Llama 3, as OpenAI shows it',
    `{"type": "function", "function": {"name": "transfer_to_agent", "parameters": ${T}}}`,
    '',
    [asked()],
  ],
  ['Llama 3.1 and functionary 3.1', `<function=transfer_to_agent>${T}</function>`, '', [asked()]],
  [
    'Llama 4',
    '[search_knowledge(query="opening hours"), transfer_to_agent(reason=\'asks\', priority="high")]',
    '',
    [searched('opening hours'), asked({ reason: 'asks', priority: 'high' })],
  ],
  ['Mistral', `[TOOL_CALLS] [{"name": "transfer_to_agent", "arguments": ${T}}]`, '', [asked()]],
  [
    'Mistral since v11',
    `[TOOL_CALLS]search_knowledge[ARGS]{"query": "a"}[TOOL_CALLS]search_knowledge[CALL_ID]x7[ARGS]{"query": "b"}`,
    '',
    [searched('a'), searched('b')],
  ],
  [
    'DeepSeek V3, R1',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>search_knowledge\n```json\n{"query": "a"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
    '',
    [searched('a')],
  ],
  [
    'DeepSeek V3.1',
    'I look.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>search_knowledge<｜tool▁sep｜>{"query": "a"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    'I look.',
    [searched('a')],
  ],
  [
    'DeepSeek V3.2',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="search_knowledge">\n<｜DSML｜parameter name="query" string="true">杭州</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    '',
    [searched('杭州')],
  ],
  [
    'MiniMax',
    '<minimax:tool_call>\n<invoke name="search_knowledge">\n<parameter name="query">a</parameter>\n</invoke>\n</minimax:tool_call>',
    '',
    [searched('a')],
  ],
  [
    'Kimi',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.search_knowledge:0<|tool_call_argument_begin|>{"query": "a"}<|tool_call_end|><|tool_calls_section_end|>',
    '',
    [searched('a')],
  ],
  [
    'functionary 2',
    '<|from|>assistant\n<|recipient|>all\n<|content|>One moment.\n<|from|>assistant\n<|recipient|>search_knowledge\n<|content|>{"query": "a"}<|stop|>',
    'One moment.',
    [searched('a')],
  ],
  ['functionary 3.2', 'search_knowledge\n{"query": "a"}', '', [searched('a')]],
  [
    'gpt-oss',
    '<|channel|>analysis<|message|>They want a human.<|end|><|start|>assistant<|channel|>commentary to=functions.transfer_to_agent <|constrain|>json<|message|>' +
      T +
      '<|call|>',
    '',
    [asked()],
  ],
  [
    'gpt-oss, an answer',
    '<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>We open at nine.<|return|>',
    'We open at nine.',
    [],
  ],
  ['Gemma 3', '```tool_code\nprint(search_knowledge(query="a"))\n```', '', [searched('a')]],
  [
    'Gemma 4',
    '<|channel>thought\nHm.<channel|><|tool_call>call:search_knowledge{query:<|"|>a {b}<|"|>}<tool_call|>',
    '',
    [searched('a {b}')],
  ],
  [
    'FunctionGemma',
    '<start_function_call>call:search_knowledge{query:<escape>a<escape>}<end_function_call>',
    '',
    [searched('a')],
  ],
  ['Granite, Phi', `<|tool_call|>[{"name": "transfer_to_agent", "arguments": ${T}}]<|/tool_call|>`, '', [asked()]],
  ['Jamba, Hunyuan', `<tool_calls>[{"name": "transfer_to_agent", "arguments": ${T}}]</tool_calls>`, '', [asked()]],
  ['Nemotron', `<TOOLCALL>[{"name": "transfer_to_agent", "arguments": ${T}}]</TOOLCALL>`, '', [asked()]],
  [
    'Cohere',
    `<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "transfer_to_agent", "parameters": ${T}}]<|END_ACTION|>`,
    '',
    [asked()],
  ],
  [
    'InternLM',
    `<|action_start|><|plugin|>{"name": "transfer_to_agent", "parameters": ${T}}<|action_end|>`,
    '',
    [asked()],
  ],
  ['xLAM, a bare list', `[{"name": "transfer_to_agent", "arguments": ${T}}]`, '', [asked()]],
  ['a fence', `Sure:\n\`\`\`json\n{"name": "transfer_to_agent", "arguments": ${T}}\n\`\`\``, 'Sure:', [asked()]],
  ['by its name in a line', `transfer_to_agent(${'reason="asks for a human", priority="high"'})`, '', [asked()]],
  [
    'arguments as a text',
    `<tool_call>{"name": "transfer_to_agent", "arguments": ${JSON.stringify(T)}}</tool_call>`,
    '',
    [asked()],
  ],
  [
    'in Python’s own words',
    `<tool_call>{'name': 'transfer_to_agent', 'arguments': {'reason': "it's late", 'priority': None}}</tool_call>`,
    '',
    [asked({ reason: "it's late", priority: null })],
  ],
  [
    'a wrong prefix',
    '<tool_call>{"name": "default_api.search_knowledge", "arguments": {"query": "a"}}</tool_call>',
    '',
    [searched('a')],
  ],
];

/** Arguments as values, where they are JSON. */
const parsed = (calls: readonly { name: string; arguments: string }[]) =>
  calls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown }));

describe('tool calls that models write as text', () => {
  it.each(forms)('%s: a call, and nothing of it to be read', (_, text, words, calls) => {
    const whole = read(text);
    expect(parsed(whole.calls)).toEqual(calls);
    expect(whole.words).toBe(words);
  });

  it.each(forms)('%s: cut after each character', (_, text, words, calls) => {
    const cut = read(text, { cuts: everywhere(text) });
    expect(parsed(cut.calls)).toEqual(calls);
    for (const draft of cut.drafts) expect(words.startsWith(draft.trim()), draft).toBe(true);
  });

  it('are not read when the model was offered none', () => {
    const { words, calls } = read('Hello.<tool_call>{"name": "transfer_to_agent"}</tool_call>', { tools: [] });
    expect([words, calls.length]).toEqual(['Hello.', 1]);
  });

  it.each([
    ['<tool_call>{"name": "transfer_to_agent", "arguments": {"reason": "she said "no" loud', ''],
    ['<tool_call>transfer_to_agent please</tool_call>', ''],
    ['<tool_call>{"tool": "transfer_to_agent"</tool_call>', ''],
    ['{"name": "transfer_to_agent", "parameters": {"reason": "cut in the mid', ''],
  ])('a handoff is not lost to how it is written: %s', (text) => {
    const { words, calls } = read(text, { cuts: everywhere(text) });
    expect([words, calls.map(({ name }) => name)]).toEqual(['', ['transfer_to_agent']]);
  });

  it('text that cannot be parsed is a call of an unknown tool, which the model is told', () => {
    expect(read('<tool_call>???</tool_call>')).toMatchObject({ words: '', calls: [{ name: 'unknown' }] });
  });

  it.each([
    'We have {a lot} of lamps.',
    '{"lamp": 49, "name": "Aurora"} is what our data says.',
    '{"name": "Aurora", "price": 49}',
    '[1] See the terms.\n[2] See the prices.',
    'Use `transfer_to_agent`? No.',
    'search_knowledge is what I use.',
    '```json\n{"lamp": 49}\n```\nThat is all.',
    '```\nplain\n```',
    'a < b and <em>so</em> on, [x](y), 1 <| 2',
    'A list:\n- one\n- {two}\n\n`{"x": 1}`',
  ])('an answer stays an answer: %s', (text) => {
    for (const cuts of [[], everywhere(text)]) expect(read(text, { cuts })).toMatchObject({ words: text, calls: [] });
  });
});

describe('thoughts within the content', () => {
  const thoughts: [string, string, string][] = [
    ['a pair of tags', '<think>\nThey ask for the hours.\n</think>\n\nWe open at nine.', 'We open at nine.'],
    ['a pair without anything', '<think>\n\n</think>\n\nWe open at nine.', 'We open at nine.'],
    ['between words', 'Let me see. <think>hm</think>At nine.', 'Let me see. At nine.'],
    ['Magistral', '[THINK]hm[/THINK]At nine.', 'At nine.'],
    ['another word for it', '<thinking>hm</thinking>At nine.', 'At nine.'],
    ['Cohere', '<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>At nine.<|END_RESPONSE|>', 'At nine.'],
    ['without an end', '<think>They ask for', ''],
    ['a call after it', '<think>hm</think><tool_call>{"name": "search_knowledge", "arguments": {}}</tool_call>', ''],
  ];
  it.each(thoughts)('%s: never shown, however it is cut', (_, text, words) => {
    for (const cuts of [[], everywhere(text)]) {
      const { drafts, alive, ...read_ } = read(text, { cuts });
      expect(read_.words).toBe(words);
      for (const draft of drafts) expect(words.startsWith(draft.trim()), draft).toBe(true);
      expect(alive).toBeGreaterThan(0);
    }
  });

  it('with an end mark only: held-back words are dropped, and count as progress', () => {
    const text = 'They ask for the hours.\n</think>\n\nWe open at nine.';
    const { words, drafts, alive, seen } = read(text, { cuts: everywhere(text), held: true });
    expect([words, seen.loneEnd]).toEqual(['We open at nine.', true]);
    for (const draft of drafts) expect('We open at nine.'.startsWith(draft.trim()), draft).toBe(true);
    expect(alive).toBeGreaterThan(20);
  });

  it('with an end mark only, of a model not known to think: the text starts afresh', () => {
    const { words, seen } = read('They ask.</think>At nine.', { cuts: [5, 9, 12] });
    expect([words, seen.loneEnd]).toEqual(['At nine.', true]);
  });

  it('a held-back answer without thoughts is shown at its end', () => {
    expect(read('At nine.', { held: true }).words).toBe('At nine.');
  });

  it('a tag within an answer about tags is text', () => {
    const text = 'Write <thought> here.';
    expect(read(text, { cuts: everywhere(text) }).words).toBe(text);
  });
});

it('drops tokens of templates, and what the model says as the customer', () => {
  expect(read('At nine.<|eot_id|>').words).toBe('At nine.');
  expect(read('At nine.<|im_end|>\n<|im_start|>user\nAnd on Sundays?').words).toBe('At nine.');
  expect(read('At nine.<|im_e').words).toBe('At nine.');
});

it('gives the same words and calls wherever the text is cut', () => {
  const parts = [
    ...forms.map(([, text]) => text),
    'Hello {there}. ',
    '<think>a</think>',
    '\n',
    '{',
    '[',
    '```json\n',
    '</think>',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 3 }),
      fc.array(fc.nat(300), { maxLength: 6 }),
      (texts, cuts) => {
        const text = texts.join('');
        const inside = [...new Set(cuts)].filter((cut) => cut > 0 && cut < text.length);
        const { words, calls } = read(text, { cuts: inside });
        const whole = read(text);
        expect({ words, calls }).toEqual({ words: whole.words, calls: whole.calls });
      },
    ),
    { numRuns: 500 },
  );
});

it.each([
  '<',
  '{"name": "',
  '[',
  '<tool_call>',
  '```json\n{"name":"x"}\n',
  '<think>',
  '</think>',
  '{',
  '{"name":"a"},',
  '\n',
  ' ',
  "'",
  'transfer_to_agent(',
  '<parameter=a>',
  '[TOOL_CALLS]',
])('takes time in proportion to the text, however often %j comes', (piece) => {
  const text = piece.repeat(Math.ceil(32_000 / piece.length));
  for (const cuts of [[], Array.from({ length: 7_999 }, (_, at) => (at + 1) * 4)]) {
    // Of this thread: tests of other files run in the same process.
    const before = process.threadCpuUsage();
    read(text, { cuts });
    expect(process.threadCpuUsage(before).user / 1_000, 'ms of CPU').toBeLessThan(1_000);
  }
});
