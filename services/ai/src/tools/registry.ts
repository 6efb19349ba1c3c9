import { type Log, throttled } from '@baton/runtime';
import type { ToolCall, ToolSpec } from '../model/model.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

/**
 * The result of one call. `misused`: no such tool, or invalid arguments; `failed`: the tool failed; `refused`: not run,
 * because the model called too many.
 */
export interface CallOutcome {
  call: ToolCall;
  /** For metrics and the log: never a name that the model invented. */
  name: string;
  /** A label of `baton_ai_tool_calls_total`, and kept with the answer. */
  outcome: 'ok' | 'failed' | 'misused' | 'handover' | 'refused';
  result: ToolResult;
  tookMs: number;
}

export interface ToolRegistry {
  specs(): ToolSpec[];
  /** Runs one call of the model. Never throws: a failure is told to the model. */
  run(call: ToolCall, context: ToolContext): Promise<CallOutcome>;
}

/**
 * The tools of this process and those found on NATS, read at each use. Own tools win over found ones of the same
 * name.
 */
export function createToolRegistry(options: {
  own: readonly Tool[];
  found?: () => readonly Tool[];
  log: Log;
}): ToolRegistry {
  const { own, found = () => [], log } = options;
  const all = () => new Map([...found(), ...own].map((tool) => [tool.spec.name, tool]));

  const attempt = async (
    call: ToolCall,
    tool: Tool | undefined,
    context: ToolContext,
  ): Promise<Pick<CallOutcome, 'outcome' | 'result'>> => {
    if (tool === undefined)
      return misused(`There is no tool of this name. There are: ${[...all().keys()].join(', ')}.`);
    const parsed = tool.parse(readJson(call.arguments));
    if (!parsed.ok) return misused(`The arguments do not fit: ${parsed.wrong}`);
    try {
      const result = await parsed.run(context);
      return { result, outcome: 'handoff' in result ? 'handover' : result.ok ? 'ok' : 'failed' };
    } catch (error) {
      const { name } = tool.spec;
      if (!context.signal.aborted) throttled(log).warn(name, { err: error, tool: name }, 'a tool failed');
      return { outcome: 'failed', result: { ok: false, text: 'The tool does not work at the moment.' } };
    }
  };

  return {
    specs: () => [...all().values()].map(({ spec }) => spec),
    async run(call, context) {
      const start = performance.now();
      const tool = all().get(call.name);
      const { outcome, result } = await attempt(call, tool, context);
      const tookMs = Math.round(performance.now() - start);
      return { call, name: tool?.spec.name ?? 'unknown', outcome, result, tookMs };
    },
  };
}

const misused = (text: string) => ({ outcome: 'misused' as const, result: { ok: false, text } });

/** A call without arguments may have an empty text instead of `{}`. */
function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
