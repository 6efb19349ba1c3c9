import { classes, plainSummary } from '@baton/design';
import { useEffect, useRef } from 'preact/hooks';
import { fill, words } from '../words/words.ts';
import type { SavedReply } from './saved-replies.ts';
import './replies.css';

/** The saved replies that fit what stands behind the slash. The focus stays in the text; the keys are its business. */
export function RepliesMenu(props: {
  id: string;
  query: string;
  found: readonly SavedReply[];
  marked: number;
  onMark: (index: number) => void;
  onChoose: (reply: SavedReply) => void;
}) {
  const { id, query, found, marked } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  if (found.length === 0)
    return (
      <p class="replies-menu replies-none" role="status">
        {fill(words.replies.none, { query })}
      </p>
    );
  return (
    <div class="replies-menu" id={id} role="listbox" aria-label={words.replies.menu} ref={list}>
      {found.map((reply, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text field above has the focus and the keys
        <div
          key={reply.name}
          id={`${id}-${index}`}
          class={classes('replies-option', index === marked && 'is-marked')}
          role="option"
          aria-selected={index === marked}
          tabIndex={-1}
          onPointerEnter={() => props.onMark(index)}
          // The text field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => props.onChoose(reply)}
        >
          <span class="replies-name">/{reply.name}</span>
          <span class="replies-text">{plainSummary(reply.text, 120)}</span>
        </div>
      ))}
    </div>
  );
}
