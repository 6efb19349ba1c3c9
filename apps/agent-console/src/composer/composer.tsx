import { type AgentChat, nameToAddress } from '@baton/client';
import type { MAX_CONTENT_LENGTH } from '@baton/contracts';
import { Button, classes, NoteIcon, SendIcon, TextArea } from '@baton/design';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useConsole, useShared } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { RepliesMenu } from '../saved-replies/replies-menu.tsx';
import { fillReply, findReplies, type SavedReply, slashQuery } from '../saved-replies/saved-replies.ts';
import { ariaKeys } from '../shortcuts/shortcuts.ts';
import { counted, fill, words } from '../words/words.ts';
import './composer.css';

/** Longest message that the server takes, in code points. */
const MAX_LENGTH: typeof MAX_CONTENT_LENGTH = 16_384;

/** Where the agent writes: to the customer, or a note for colleagues. What is written is kept with every keystroke. */
export function Composer({ chat }: { chat: AgentChat }) {
  const { client, drafts, mode, actions, agent, focusAt, working } = useConsole();
  const { replies } = useShared();
  const { sessionId } = chat;
  const area = useRef<HTMLTextAreaElement | null>(null);
  const menuId = useId();
  const [slash, setSlash] = useState<{ query: string; from: number }>();
  const [marked, setMarked] = useState(0);
  /** Where the cursor goes once the text is in the field. */
  const cursor = useRef<number | null>(null);

  const note = mode.value === 'note';
  const kind = mode.value;
  const text = drafts.get(sessionId, kind);
  const name = customerName(chat.session);
  const found = slash === undefined || note ? [] : findReplies(replies.all.value, slash.query);
  const menuOpen = slash !== undefined && !note;
  const tooLong = text.length <= MAX_LENGTH ? 0 : [...text].length - MAX_LENGTH;
  const saving = working.value.has(`note ${sessionId}`);

  // Before the next key can come: what is typed right behind a shortcut belongs here.
  useLayoutEffect(() => {
    if (focusAt.value.place === 'composer' && focusAt.value.times > 0) area.current?.focus();
  }, [focusAt.value, kind]);
  useEffect(() => () => client.setTyping(sessionId, false), [sessionId]);
  useLayoutEffect(() => {
    if (cursor.current === null) return;
    area.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  });

  const write = (next: string): void => {
    drafts.set(sessionId, kind, next);
    if (!note) client.setTyping(sessionId, next.trim() !== '');
    setSlash(note ? undefined : slashQuery(next, area.current?.selectionStart ?? next.length));
    setMarked(0);
  };
  const insert = (reply: SavedReply): void => {
    if (slash === undefined) return;
    const filled = fillReply(reply.text, { customer: nameToAddress(chat.session), agent: agent.value?.name ?? '' });
    const after = text.slice(slash.from + 1 + slash.query.length);
    cursor.current = slash.from + filled.length;
    drafts.set(sessionId, kind, text.slice(0, slash.from) + filled + after);
    client.setTyping(sessionId, true);
    setSlash(undefined);
    area.current?.focus();
  };
  const submit = (): void => {
    const content = text.trim();
    if (content === '' || tooLong > 0) return;
    if (!note) {
      client.send(sessionId, content);
      drafts.set(sessionId, 'reply', '');
      return;
    }
    void actions.addNote(sessionId, content).then((added) => {
      if (added && drafts.get(sessionId, 'note').trim() === content) drafts.set(sessionId, 'note', '');
    });
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.isComposing) return;
    if (menuOpen) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const choice = found[marked];
      if (step !== undefined && found.length > 0) setMarked((marked + step + found.length) % found.length);
      else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && choice !== undefined)
        insert(choice);
      else if (event.key === 'Escape') setSlash(undefined);
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      actions.focus('chats');
    }
  };

  return (
    <div class={classes('composer', note && 'composer-note')}>
      {menuOpen && (
        <RepliesMenu
          id={menuId}
          query={slash.query}
          found={found}
          marked={marked}
          onMark={setMarked}
          onChoose={insert}
        />
      )}
      <div class="composer-box">
        <TextArea
          key={kind}
          bare
          label={fill(note ? words.composer.noteLabel : words.composer.replyLabel, { name })}
          placeholder={fill(note ? words.composer.noteHint : words.composer.replyHint, { name })}
          value={text}
          onText={write}
          onEnter={submit}
          onKeyDown={keyDown}
          onBlur={() => setTimeout(() => setSlash(undefined), 150)}
          maxLines={10}
          innerRef={area}
          aria-autocomplete="list"
          aria-controls={menuOpen ? menuId : undefined}
          aria-activedescendant={menuOpen && found.length > 0 ? `${menuId}-${marked}` : undefined}
          dir="auto"
        />
        <div class="composer-foot">
          <fieldset class="composer-modes">
            <legend class="b-hidden">{words.composer.modes}</legend>
            {(['reply', 'note'] as const).map((one) => (
              <button
                key={one}
                type="button"
                class="composer-mode"
                aria-pressed={kind === one}
                aria-keyshortcuts={ariaKeys(one)}
                onClick={() => actions.write(one)}
              >
                {one === 'note' && <NoteIcon size={14} />}
                {words.composer[one]}
              </button>
            ))}
          </fieldset>
          {tooLong > 0 ? (
            <p class="composer-long" role="status">
              {counted(words.composer.tooLong, tooLong)}
            </p>
          ) : (
            <p class="composer-keys">{words.composer.keys}</p>
          )}
          <Button
            kind={note ? 'human' : 'primary'}
            size="s"
            icon={note ? undefined : <SendIcon size={16} />}
            disabled={text.trim() === '' || tooLong > 0}
            busy={note && saving}
            onClick={submit}
          >
            {note ? words.composer.saveNote : words.composer.send}
          </Button>
        </div>
      </div>
    </div>
  );
}
