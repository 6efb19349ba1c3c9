import type { Draft } from '@baton/contracts';
import type { Clock } from '../platform/environment.ts';
import type { Conversation } from './conversation.ts';
import type { TypingSign } from './types.ts';

/** The server ends a sign of typing after 6 s; this is for the case that its word is lost. */
const TYPING_MS = 7_000;
/** A draft of which nothing more is heard. */
const DRAFT_MS = 20_000;
/** Between its end and the entry that replaces it. */
const ENDED_DRAFT_MS = 3_000;

/** [M6] Ends typing and drafts of which nothing more is heard. Call `follow` after every change. */
export function createExpiry(clock: Clock, forget: { typing: () => void; draft: () => void }) {
  let typing: TypingSign | null = null;
  let draft: Draft | null = null;
  let stopTyping: (() => void) | undefined;
  let stopDraft: (() => void) | undefined;

  return {
    /** `renewed`: a sign of typing has come, also when it says nothing new. */
    follow(conversation: Conversation, renewed = false): void {
      if (conversation.typing !== typing || renewed) {
        typing = conversation.typing;
        stopTyping?.();
        stopTyping = typing === null ? undefined : clock.after(TYPING_MS, forget.typing);
      }
      const { shown } = conversation.draft;
      if (shown !== draft) {
        draft = shown;
        stopDraft?.();
        stopDraft = shown === null ? undefined : clock.after(shown.ended ? ENDED_DRAFT_MS : DRAFT_MS, forget.draft);
      }
    },
    stop(): void {
      stopTyping?.();
      stopDraft?.();
      typing = null;
      draft = null;
    },
  };
}
