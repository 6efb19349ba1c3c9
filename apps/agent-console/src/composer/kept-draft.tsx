import { Button } from '@baton/design';
import { useRef } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { words } from '../words/words.ts';
import type { DraftKind } from './drafts.ts';

/** What the agent was writing when the chat left them: to be read and copied, until they discard it. */
export function KeptDraft({ sessionId, kind }: { sessionId: string; kind: DraftKind }) {
  const { drafts, actions } = useConsole();
  const area = useRef<HTMLTextAreaElement>(null);
  const text = drafts.get(sessionId, kind);
  if (text.trim() === '') return null;
  const label = words.keptDraft[kind];
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      actions.tell('good', words.customer.copied);
    } catch {
      // Not allowed, or not over HTTPS.
      area.current?.select();
      actions.tell('notice', words.keptDraft.selected);
    }
  };
  return (
    <div class="kept-draft">
      <p class="small-title" aria-hidden="true">
        {label}
      </p>
      <textarea ref={area} class="b-input" readOnly aria-label={label} rows={3} value={text} dir="auto" />
      <p class="kept-draft-foot">
        <Button size="s" kind="quiet" onClick={() => drafts.set(sessionId, kind, '')}>
          {words.conversation.discard}
        </Button>
        <Button size="s" onClick={() => void copy()}>
          {words.keptDraft.copy}
        </Button>
      </p>
    </div>
  );
}
