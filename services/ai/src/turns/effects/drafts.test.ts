import type { Draft } from '@baton/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDrafts } from './drafts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('[M6] drafts', () => {
  const about = { sessionId: 's', turnId: 't', inReplyTo: 3, epoch: 1 };
  const draw = () => {
    const seen: Draft[] = [];
    return { seen, drafts: createDrafts({ everyMs: 60, about, publish: (draft) => void seen.push(draft) }) };
  };

  it('shows the first words at once, then the latest text every 60 ms, then the end', () => {
    const { seen, drafts } = draw();
    let text = '';
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      text += word;
      drafts.show(text);
      vi.advanceTimersByTime(25);
    }
    drafts.end();
    expect(seen.map((draft) => [draft.text, draft.ended])).toEqual([
      ['a', false],
      ['abc', false],
      ['abcde', false],
      ['abcdefgh', false],
      ['abcdefgh', true],
    ]);
    vi.advanceTimersByTime(1_000);
    drafts.show('late');
    drafts.end();
    expect(seen).toHaveLength(5);
  });

  it('shows the last words without a further one', () => {
    const { seen, drafts } = draw();
    drafts.show('a');
    drafts.show('ab');
    vi.advanceTimersByTime(60);
    expect(seen.at(-1)).toMatchObject({ text: 'ab', ended: false });
  });

  it('an answer without drafts ends without one', () => {
    const { seen, drafts } = draw();
    drafts.end();
    expect(seen).toEqual([]);
  });

  it('tells the first from those after it', () => {
    const firsts: boolean[] = [];
    const publish = (_: Draft, isFirst: boolean) => firsts.push(isFirst);
    const drafts = createDrafts({ everyMs: 60, about, publish });
    drafts.show('a');
    drafts.show('ab');
    vi.advanceTimersByTime(60);
    drafts.end();
    expect(firsts).toEqual([true, false, false]);
  });
});
