import type { Line } from './words.ts';

/**
 * Where a mode shows things and hears from the person in front of it. What is printed stays; what is live (a draft, the
 * queue) stands below it and above what is being typed, until it is replaced.
 */
export interface Screen {
  print(...lines: Line[]): void;
  live(lines: Line[]): void;
  /** What stands before the cursor. */
  prompt(label: string): void;
  /** Resolves when the screen is as it was before. */
  close(): Promise<void>;
}

export interface ScreenInput {
  /** A whole line was entered. */
  onLine: (text: string) => void;
  /** Something is being typed, or no longer. */
  onTyping: (text: string) => void;
  /** Ctrl-C, Ctrl-D on an empty line, or the end of the input. */
  onEnd: () => void;
}

export type OpenScreen = (input: ScreenInput) => Screen;
