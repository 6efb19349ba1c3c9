import type { Draft } from '@baton/contracts';
import { coalesce } from '@baton/runtime';

export interface Drafts {
  /** Shows the whole answer so far: at once when the last draft is old enough, otherwise when it is. */
  show(text: string): void;
  /** Shows the latest text and ends the draft. Nothing is shown after. */
  end(): void;
}

/**
 * [M6] The drafts of an answer: the first at once, then at most one every `everyMs`, always with the latest text. The
 * last text is always shown. An answer without drafts ends without one.
 */
export function createDrafts(options: {
  everyMs: number;
  about: Pick<Draft, 'sessionId' | 'turnId' | 'inReplyTo' | 'epoch'>;
  /** `isFirst`: the customer has seen no word of this answer yet. */
  publish: (draft: Draft, isFirst: boolean) => void;
}): Drafts {
  const { everyMs, about } = options;
  let newest = '';
  let over = false;
  let isFirst = true;
  const drafts = coalesce({
    everyMs,
    run: () => {
      const wasFirst = isFirst;
      isFirst = false;
      options.publish({ ...about, text: newest, ended: false }, wasFirst);
    },
  });
  return {
    show(text) {
      if (over || text === '' || text === newest) return;
      newest = text;
      drafts.ask();
    },
    end() {
      if (over) return;
      over = true;
      drafts.flush();
      void drafts.stop();
      if (newest !== '') options.publish({ ...about, text: newest, ended: true }, false);
    },
  };
}
