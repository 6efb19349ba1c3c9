import type { ChatMessage } from '../model/model.ts';

/**
 * [A5] What others wrote reaches the model marked, in a role that is not the operator's: what stands in a system message
 * is obeyed. The mark is ours alone: in all that stands within or beside one, its beginnings are taken apart, so that no
 * text can end a mark, nor look like one.
 */
export function marked(from: string, text: string): string {
  return `<data from="${from}">\n${withoutMarks(text)}\n</data>`;
}

/** Marked data as a message of its own. */
export const dataMessage = (from: string, text: string): ChatMessage => ({ role: 'user', text: marked(from, text) });

/** Nothing that others wrote begins so: see `withoutMarks`. */
export const isMarked = (text: string): boolean => text.startsWith('<data from="');

/** A text in which nothing looks like a mark of ours. */
export function withoutMarks(text: string): string {
  return text.replace(/<(?=\/?data)/gi, '‹');
}
