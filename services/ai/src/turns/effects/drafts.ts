import type { Draft } from '@baton/contracts';

export interface Drafts {
  /** Shows the whole answer so far: at once when the last draft is old enough, otherwise when it is. */
  show(text: string): void;
  /** Shows the latest text and ends the draft. Nothing is shown after. */
  end(): void;
}

/**
 * [M6] Throttles the drafts of an answer: the first at once, then at most one every `everyMs`, always with the latest
 * text. The last text is always shown. An answer without drafts ends without one.
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
