import type { Entry, Typing } from '@baton/contracts';
import { TYPING_TIMEOUT_MS } from '@baton/contracts';

/**
 * [M6] Who is typing in one session. The state ends when its message arrives, or when it is not renewed in time: a
 * client that only applies what it is sent never shows somebody typing for ever.
 */
export function createTypingState(tell: (typing: Typing) => void) {
  const active = new Map<Typing['sender'], { typing: Typing; timer: NodeJS.Timeout }>();

  const end = (sender: Entry['sender']) => {
    if (sender === 'system') return;
    const current = active.get(sender);
    if (current === undefined) return;
    clearTimeout(current.timer);
    active.delete(sender);
    tell({ ...current.typing, active: false });
  };

  return {
    received(typing: Typing): void {
      if (!typing.active) {
        end(typing.sender);
        return;
      }
      clearTimeout(active.get(typing.sender)?.timer);
      const timer = setTimeout(() => end(typing.sender), TYPING_TIMEOUT_MS);
      active.set(typing.sender, { typing, timer });
      tell(typing);
    },
    /** Call before the entry is shown. */
    beforeEntry: (entry: Entry): void => end(entry.sender),
    stop(): void {
      for (const { timer } of active.values()) clearTimeout(timer);
      active.clear();
    },
  };
}
