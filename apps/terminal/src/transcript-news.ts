import type { Change, MessageEntry, Problem, TranscriptItem } from '@baton/client';

/** One entry of a log, for the screen. */
export type Shown =
  | { kind: 'message'; seq: number; message: MessageEntry }
  | { kind: 'change'; seq: number; change: Change; sentence: string };

/** Something said that is not stored yet, or could not be. */
export interface Unsent {
  clientMessageId: string;
  content: string;
}

/** The entries of a log that stand behind a number, in order. */
export function shownAfter(seq: number, items: readonly TranscriptItem[]): Shown[] {
  return items.flatMap((item): Shown[] => {
    if (item.seq === undefined || item.seq <= seq || item.entry === undefined) return [];
    if (item.kind === 'event' && item.change.passing) return [];
    return item.kind === 'event'
      ? [{ kind: 'change', seq: item.seq, change: item.change, sentence: item.content }]
      : [{ kind: 'message', seq: item.seq, message: item.entry }];
  });
}

export const unsentOf = (items: readonly TranscriptItem[]): Unsent[] =>
  items.flatMap((item) =>
    item.kind === 'message' && item.delivery === 'sending' && item.clientMessageId !== undefined
      ? [{ clientMessageId: item.clientMessageId, content: item.content }]
      : [],
  );

/** What was said and not taken, and why. */
export const failedOf = (items: readonly TranscriptItem[]): (Unsent & { problem: Problem })[] =>
  items.flatMap((item) =>
    item.kind === 'message' && item.problem !== undefined && item.clientMessageId !== undefined
      ? [{ clientMessageId: item.clientMessageId, content: item.content, problem: item.problem }]
      : [],
  );
