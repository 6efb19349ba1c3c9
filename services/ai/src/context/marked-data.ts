import type { ChatMessage } from '../model/model.ts';

/**
 * [A5] What others wrote reaches the model marked as data and never as a system message, which a model obeys. Only this
 * file writes marks: in every other text `<data` and `</data` are broken up, so that no text can end or imitate one.
 */
export function marked(from: string, text: string): string {
  return `<data from="${from}">\n${withoutMarks(text)}\n</data>`;
}

/** Marked data, as one message. */
export const dataMessage = (from: string, text: string): ChatMessage => ({ role: 'user', text: marked(from, text) });

/** No text of others can begin like this: see `withoutMarks`. */
export const isMarked = (text: string): boolean => text.startsWith('<data from="');

/** Breaks up everything that looks like a mark. */
export function withoutMarks(text: string): string {
  return text.replace(/<(?=\/?data)/gi, '‹');
}
