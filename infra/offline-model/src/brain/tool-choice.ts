import type { Prompt, ToolSpec } from '../chat-request.ts';
import { terms } from './stem.ts';
import { normalise } from './text.ts';

/** The tools offered, by the part they play. */
export interface Toolbox {
  readonly transfer: ToolSpec | undefined;
  readonly poem: ToolSpec | undefined;
  readonly search: ToolSpec | undefined;
  readonly others: readonly ToolSpec[];
  /** Whether several calls may be made in one reply. */
  readonly parallel: boolean;
}

const EMPTY: Toolbox = { transfer: undefined, poem: undefined, search: undefined, others: [], parallel: false };

export type ToolKind = 'transfer' | 'poem' | 'search' | 'other';

/** The part a tool plays, by its name. */
export function kindOfTool(name: string): ToolKind {
  if (/transfer|hand_?(?:off|over)|escalat/i.test(name)) return 'transfer';
  if (/poem/i.test(name)) return 'poem';
  return /knowledge|faq|search_docs|help_?center/i.test(name) ? 'search' : 'other';
}

/** Sorts the tools the model may call now. */
export function openToolbox(prompt: Prompt): Toolbox {
  if (prompt.toolChoice.mode === 'none') return EMPTY;
  const ofKind = (kind: ToolKind): ToolSpec[] => prompt.tools.filter((tool) => kindOfTool(tool.name) === kind);
  return {
    transfer: ofKind('transfer')[0],
    poem: ofKind('poem')[0],
    search: ofKind('search')[0],
    others: ofKind('other'),
    parallel: prompt.parallelToolCalls,
  };
}

const VERBS = new Set([
  'get',
  'find',
  'fetch',
  'look',
  'lookup',
  'up',
  'check',
  'show',
  'read',
  'list',
  'search',
  'tool',
  'my',
  'by',
  'the',
  'for',
  'of',
]);

/**
 * The tool a sentence asks for by name: all words of the tool's name besides its verb ("get_order_status"), or one
 * of them and three words of its description.
 */
export function toolAskedFor(sentence: string, tools: readonly ToolSpec[]): ToolSpec | undefined {
  const said = new Set(terms(normalise(sentence)));
  return tools.find((tool) => {
    const words = tool.name
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .split(/[_\s-]+/)
      .map((word) => word.toLowerCase());
    const name = [...new Set(terms(words.filter((word) => !VERBS.has(word)).join(' ')))];
    const inName = name.filter((term) => said.has(term)).length;
    if (name.length > 0 && inName === name.length) return true;
    const inDescription = new Set(terms(normalise(tool.description)).filter((term) => said.has(term))).size;
    return inName > 0 && inDescription >= 3;
  });
}
