const FRAMES = 5;

/** What may be logged of an error: its name and where it was thrown. The text of one may quote what people wrote. [S5] */
export function withoutText(error: unknown): { problem: string; at?: string } {
  if (!(error instanceof Error)) return { problem: typeof error };
  const { name, message, stack = '' } = error;
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  return { problem: name, ...(frames.length > 0 && { at: frames.slice(0, FRAMES).join(' < ') }) };
}
