export interface WantedCall {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** What the model says: words, tool calls, or both. */
export interface Reply {
  readonly text: string;
  readonly toolCalls: readonly WantedCall[];
}

/** A reply in words, or with calls. */
export function say(text: string, toolCalls: readonly WantedCall[] = []): Reply {
  return { text, toolCalls };
}
