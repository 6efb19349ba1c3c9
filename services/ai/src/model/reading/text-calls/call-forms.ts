/*
 * How models write what people must not see: thoughts, tool calls and tokens of chat templates. The forms are those
 * of the tool parsers in vLLM, SGLang and llama.cpp; docs/decisions/0019 names the sources.
 */

/** A section of text from one mark to another, or to the end of the text. */
export interface Section {
  open: string;
  close: readonly string[];
  /** The opening mark is part of the call and is read with it. */
  keepsMark?: true;
}

export const CALLS: readonly Section[] = [
  // Hermes, Qwen, GLM, Granite; MiniMax, Seed, Jamba, Hunyuan, Nemotron and others with names of their own.
  { open: '<tool_call>', close: ['</tool_call>'] },
  { open: '<tool_calls>', close: ['</tool_calls>'] },
  { open: '<function_call>', close: ['</function_call>'] },
  { open: '<function_calls>', close: ['</function_calls>'] },
  { open: '<functioncall>', close: ['</functioncall>'] },
  { open: '<minimax:tool_call>', close: ['</minimax:tool_call>'] },
  { open: '<seed:tool_call>', close: ['</seed:tool_call>'] },
  { open: '<TOOLCALL>', close: ['</TOOLCALL>'] },
  // Phi, Granite 20b
  { open: '<|tool_call|>', close: ['<|/tool_call|>', '<|tool_call_end|>'] },
  // Gemma 4 and FunctionGemma
  { open: '<|tool_call>', close: ['<tool_call|>'] },
  { open: '<start_function_call>', close: ['<end_function_call>'] },
  // Llama 3
  { open: '<|python_tag|>', close: ['<|eom_id|>', '<|eot_id|>'] },
  { open: '<function=', close: ['</function>'], keepsMark: true },
  { open: '<invoke name=', close: ['</invoke>'], keepsMark: true },
  // Mistral: to the end of the text.
  { open: '[TOOL_CALLS]', close: ['</s>'] },
  // DeepSeek
  { open: '<｜tool▁calls▁begin｜>', close: ['<｜tool▁calls▁end｜>'] },
  { open: '<｜tool▁call▁begin｜>', close: ['<｜tool▁call▁end｜>'] },
  { open: '<｜DSML｜function_calls>', close: ['</｜DSML｜function_calls>'] },
  { open: '<｜DSML｜tool_calls>', close: ['</｜DSML｜tool_calls>'] },
  // Kimi
  { open: '<|tool_calls_section_begin|>', close: ['<|tool_calls_section_end|>'] },
  { open: '<|tool_call_begin|>', close: ['<|tool_call_end|>'] },
  // Cohere, InternLM
  { open: '<|START_ACTION|>', close: ['<|END_ACTION|>'] },
  { open: '<|action_start|>', close: ['<|action_end|>'] },
];

/** Marks that are used for thoughts only. */
export const THOUGHTS: readonly Section[] = [
  { open: '<think>', close: ['</think>'] },
  { open: '[THINK]', close: ['[/THINK]'] },
  { open: '<|START_THINKING|>', close: ['<|END_THINKING|>'] },
  { open: '<|begin_of_thought|>', close: ['<|end_of_thought|>'] },
  { open: '<seed:think>', close: ['</seed:think>'] },
  { open: '<mm:think>', close: ['</mm:think>'] },
  { open: '◁think▷', close: ['◁/think▷'] },
  { open: '<|channel>thought', close: ['<channel|>'] },
];

/** Tags that an answer about markup may contain: thoughts only before the first word. */
export const THOUGHTS_AT_FIRST: readonly Section[] = ['thinking', 'thought', 'reasoning', 'reflection'].map((tag) => ({
  open: `<${tag}>`,
  close: [`</${tag}>`],
}));

/** End marks of thoughts that the prompt has opened: everything before was thought. */
export const LONE_ENDS: readonly string[] = THOUGHTS.flatMap(({ close }) => close);

/** A header names the recipient of what follows: nobody, a tool or the customer. gpt-oss, functionary 2. */
export const HEADERS: readonly Section[] = [
  { open: '<|channel|>', close: ['<|message|>'] },
  { open: '<|recipient|>', close: ['<|content|>'] },
];
/** Marks that end a part with a header. */
export const PART_ENDS: readonly string[] = ['<|end|>', '<|call|>', '<|return|>', '<|start|>', '<|stop|>', '<|from|>'];

/** Tokens of chat templates without meaning for people. */
export const NOISE: readonly string[] = [
  ...PART_ENDS,
  '<|start|>assistant',
  '<|from|>assistant',
  ...CALLS.flatMap(({ close }) => close).filter((mark) => mark !== '</s>'),
  '<|im_end|>',
  '<|im_start|>assistant',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '<|begin_of_text|>',
  '<|endoftext|>',
  '<|start_header_id|>assistant<|end_header_id|>',
  '<|end_of_turn|>',
  '<end_of_turn>',
  '<turn|>',
  '<｜end▁of▁sentence｜>',
  '<|START_RESPONSE|>',
  '<|END_RESPONSE|>',
  '<|START_TEXT|>',
  '<|END_TEXT|>',
  '<|begin_of_solution|>',
  '<|end_of_solution|>',
  '</s>',
  '[/TOOL_CALLS]',
];

/** The model continues as the customer or the system: the rest is dropped. */
export const OTHERS_TURNS: readonly string[] = [
  '<|im_start|>user',
  '<|im_start|>system',
  '<|start_header_id|>user',
  '<start_of_turn>user',
  '<|turn>user',
  '<｜User｜>',
  '[INST]',
];
