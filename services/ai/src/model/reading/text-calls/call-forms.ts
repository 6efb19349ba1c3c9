/*
 * How models write what is not meant for people: thoughts, tool calls, and the tokens of their chat templates. The forms
 * are those that the tool parsers of vLLM, SGLang and llama.cpp know. See docs/decisions for what was taken from where.
 */

/** A stretch of text that begins with one mark and ends with another, or with the text. */
export interface Stretch {
  open: string;
  close: readonly string[];
  /** The opening mark says something itself, and is read with the rest. */
  keepsMark?: true;
}

export const CALLS: readonly Stretch[] = [
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

/** Marks that only thoughts have. */
export const THOUGHTS: readonly Stretch[] = [
  { open: '<think>', close: ['</think>'] },
  { open: '[THINK]', close: ['[/THINK]'] },
  { open: '<|START_THINKING|>', close: ['<|END_THINKING|>'] },
  { open: '<|begin_of_thought|>', close: ['<|end_of_thought|>'] },
  { open: '<seed:think>', close: ['</seed:think>'] },
  { open: '<mm:think>', close: ['</mm:think>'] },
  { open: '◁think▷', close: ['◁/think▷'] },
  { open: '<|channel>thought', close: ['<channel|>'] },
];

/** Words that may stand in an answer about markup: thoughts only where nothing was said before. */
export const THOUGHTS_AT_FIRST: readonly Stretch[] = ['thinking', 'thought', 'reasoning', 'reflection'].map((tag) => ({
  open: `<${tag}>`,
  close: [`</${tag}>`],
}));

/** Ends of thoughts whose beginning stood in the prompt: all that came before was thought. */
export const LONE_ENDS: readonly string[] = THOUGHTS.flatMap(({ close }) => close);

/** A header says for whom what follows it is: nobody, a tool or the customer. gpt-oss, functionary 2. */
export const HEADERS: readonly Stretch[] = [
  { open: '<|channel|>', close: ['<|message|>'] },
  { open: '<|recipient|>', close: ['<|content|>'] },
];
/** What ends a part that a header has begun. */
export const PART_ENDS: readonly string[] = ['<|end|>', '<|call|>', '<|return|>', '<|start|>', '<|stop|>', '<|from|>'];

/** Tokens of chat templates that say nothing to a person. */
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

/** The model goes on in the customer's place, or anybody else's: nothing of that is wanted. */
export const OTHERS_TURNS: readonly string[] = [
  '<|im_start|>user',
  '<|im_start|>system',
  '<|start_header_id|>user',
  '<start_of_turn>user',
  '<|turn>user',
  '<｜User｜>',
  '[INST]',
];
