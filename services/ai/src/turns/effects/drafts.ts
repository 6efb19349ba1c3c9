import type { Draft } from '@baton/contracts';

export interface Drafts {
  /** All of the answer so far. Shown at once when nothing was shown lately, else as soon as it may be. */
  show(text: string): void;
  /** What is pending is shown now; then the draft ends. Nothing is shown after. */
  end(): void;
}

/**
 * [M6] Paces a growing answer: the first words at once, then at most one draft every `everyMs`, always the newest
 * text, the last text for certain. An answer that never showed anything ends without a word.
 */
export function createDrafts(options: {
  everyMs: number;
  about: Pick<Draft, 'sessionId' | 'turnId' | 'inReplyTo' | 'epoch'>;
  publish: (draft: Draft) => void;
  now?: () => number;
}): Drafts {
  const now = options.now ?? Date.now;
  let shown = '';
  let newest = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  const publish = () => {
    clearTimeout(timer);
    timer = undefined;
    if (newest === shown) return;
    shown = newest;
    lastAt = now();
    options.publish({ ...options.about, text: newest, ended: false });
  };
  return {
    show(text) {
      if (over || text === '') return;
      newest = text;
      const wait = lastAt + options.everyMs - now();
      if (wait <= 0) publish();
      else timer ??= setTimeout(publish, wait);
    },
    end() {
      if (over) return;
      over = true;
      publish();
      if (shown !== '') options.publish({ ...options.about, text: shown, ended: true });
    },
  };
}
