import type { Chat, ChatPhase, ClientStorage } from '@baton/client';
import type { MAX_CONTENT_LENGTH } from '@baton/contracts';
import { IconButton, SendIcon, TextArea } from '@baton/design';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import './composer.css';

/** Longest message that the server takes, in code points. */
const MAX_LENGTH: typeof MAX_CONTENT_LENGTH = 16_384;
/** From here on the writer is told how much is left. */
const TELL_LEFT = 500;
const DRAFT_KEY = 'baton.unsent';

interface ComposerProps {
  chat: Pick<Chat, 'send' | 'setTyping'>;
  phase: ChatPhase;
  storage: ClientStorage;
  language: Language;
  /** The cursor is put here when it becomes true. */
  focused: boolean;
}

export function Composer({ chat, phase, storage, language: { say }, focused }: ComposerProps) {
  const [text, setText] = useState(() => storage.get(DRAFT_KEY) ?? '');
  const area = useRef<HTMLTextAreaElement>(null);
  const length = text.length > MAX_LENGTH - TELL_LEFT ? [...text].length : 0;
  const left = MAX_LENGTH - length;
  const sendable = text.trim() !== '' && left >= 0;

  useEffect(() => {
    // With a pointer only: on a phone the focus would open the keyboard over the greeting.
    // A frame that opens by itself, as it was open on the page before, leaves the keyboard to its page.
    const ours = window.parent === window || document.hasFocus();
    if (focused && ours && matchMedia('(hover: hover)').matches) area.current?.focus();
  }, [focused]);

  const write = (value: string): void => {
    setText(value);
    if (value === '') storage.remove(DRAFT_KEY);
    else storage.set(DRAFT_KEY, value);
    if (phase === 'open') chat.setTyping(value !== '');
  };
  const send = (): void => {
    area.current?.focus();
    if (!sendable) return;
    chat.send(text.trim());
    write('');
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea
        bare
        label={say('writeHere')}
        placeholder={say('writeHere')}
        value={text}
        onText={write}
        onEnter={send}
        innerRef={area}
        dir="auto"
        enterkeyhint="send"
        autocomplete="off"
        maxLines={7}
        aria-invalid={left < 0 || undefined}
        aria-describedby={length > 0 ? 'composer-left' : undefined}
      />
      {length > 0 && (
        <p id="composer-left" class={left < 0 ? 'composer-left composer-over' : 'composer-left'} aria-live="polite">
          {left < 0 ? say('tooLong', { n: -left }) : say('charactersLeft', { n: left })}
        </p>
      )}
      <IconButton type="submit" kind="primary" label={say('send')} aria-disabled={!sendable || undefined}>
        <SendIcon />
      </IconButton>
    </form>
  );
}
