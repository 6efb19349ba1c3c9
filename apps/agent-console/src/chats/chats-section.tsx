import { Badge, IconButton, SearchIcon } from '@baton/design';
import { useComputed } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { rowAt, useKeptFocus } from '../windowed-list/kept-focus.ts';
import { WindowedList } from '../windowed-list/windowed-list.tsx';
import { fill, number, words } from '../words/words.ts';
import { ChatRow } from './chat-row.tsx';
import './chats.css';

/** The agent's own chats, those that want attention first. */
export function ChatsSection() {
  const { shownChats, chats, selection, filter, focusAt, actions, waiting } = useConsole();
  const mine = useComputed(() => chats.value.filter(({ assignment }) => assignment === 'mine').length);
  const [finding, setFinding] = useState(false);
  const section = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const ended = chats.value.length - mine.value;

  useLayoutEffect(() => {
    const { place } = focusAt.value;
    if (place === 'filter') setFinding(true);
    if (place === 'chats')
      (
        section.current?.querySelector<HTMLElement>('.is-chosen[data-row-focus]') ??
        section.current?.querySelector<HTMLElement>('[data-row-focus]')
      )?.focus();
  }, [focusAt.value]);
  useLayoutEffect(() => {
    if (finding) field.current?.focus();
  }, [finding, focusAt.value]);

  useKeptFocus(section, (index) => rowAt(section.current, index) ?? section.current?.querySelector<HTMLElement>('h2'));

  const stopFinding = () => {
    filter.value = '';
    setFinding(false);
  };
  return (
    <section class="lists-section chats" aria-labelledby="chats-title" ref={section}>
      <header class="lists-head">
        <h2 id="chats-title" tabIndex={-1}>
          {words.chats.title}
        </h2>
        {mine.value > 0 && <Badge>{number(mine.value)}</Badge>}
        <span class="lists-head-space" />
        {ended > 0 && (
          <button type="button" class="text-button" onClick={actions.clearEnded}>
            {words.chats.clearEnded}
          </button>
        )}
        {chats.value.length > 0 && (
          <IconButton
            label={words.chats.filter}
            size="s"
            aria-expanded={finding}
            onClick={() => (finding ? stopFinding() : setFinding(true))}
          >
            <SearchIcon size={18} />
          </IconButton>
        )}
      </header>
      {finding && (
        <div class="chats-find">
          <input
            ref={field}
            class="b-input"
            type="search"
            aria-label={words.chats.filter}
            placeholder={words.chats.filter}
            value={filter.value}
            onInput={(event) => {
              filter.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') stopFinding();
              if (event.key === 'Enter') actions.nth(0);
              if (event.key === 'ArrowDown') actions.focus('chats');
            }}
          />
        </div>
      )}
      {chats.value.length === 0 ? (
        <p class="lists-nothing">
          {words.chats.none}.{' '}
          <span>{waiting.value.autoAssign ? words.chats.noneLeadAssigned : words.chats.noneLead}</span>
        </p>
      ) : shownChats.value.length === 0 ? (
        <p class="lists-nothing">{fill(words.chats.noMatch, { query: filter.value })}</p>
      ) : (
        <WindowedList
          label={words.chats.title}
          items={shownChats.value}
          keyOf={({ sessionId }) => sessionId}
          rowRem={3.75}
          reveal={selection.value?.kind === 'chat' ? selection.value.sessionId : undefined}
          plain={({ sessionId, session }) => ({
            text: session.userId,
            choose: () => actions.choose({ kind: 'chat', sessionId }, 'composer'),
          })}
          row={(chat) => <ChatRow chat={chat} chosen={selection.value?.sessionId === chat.sessionId} />}
        />
      )}
    </section>
  );
}
