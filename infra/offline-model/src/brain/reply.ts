/** What the model says: words, tool calls, or both. */
export interface Reply {
  readonly text: string;
  /** `arguments` is JSON text. */
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

/** A reply in words, or with calls. */
export const say = (text: string, toolCalls: Reply['toolCalls'] = []): Reply => ({ text, toolCalls });
