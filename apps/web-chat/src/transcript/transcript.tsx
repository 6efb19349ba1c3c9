import type { ChatState } from '@baton/client';
import {
  Avatar,
  Button,
  Dots,
  DownIcon,
  loadMarkdown,
  Markdown,
  RowBoundary,
  Rows,
  useSettled,
  useWindowed,
} from '@baton/design';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import { EarlierRow } from './earlier-row.tsx';
import { FallbackRow, subjectOf } from './fallback-row.tsx';
import { type MessageActions, TranscriptRow } from './message-row.tsx';
import { rowsOf } from './rows.ts';
import './transcript.css';
import { agentNameOf } from '../chat/words.ts';
import { useGrowingText } from './use-draft-text.ts';
import { useEarlier } from './use-earlier.ts';

interface TranscriptProps {
  state: ChatState;
  language: Language;
  actions: MessageActions;
  /** Above the first message. */
  welcome: ComponentChildren;
  /** Below the last one. */
  ending: ComponentChildren;
  /** Whether the newest entry is in sight. */
  onInSight: (inSight: boolean) => void;
}

export function Transcript({ state, language, actions, welcome, ending, onInSight }: TranscriptProps) {
  const { say } = language;
  const lastAgent = state.session?.agentName;
  const rows = useMemo(() => rowsOf(state.items, lastAgent), [state.items, lastAgent]);
  const keys = useMemo(() => rows.map(({ key }) => key), [rows]);
  const earlier = useEarlier(state.hasMore, actions.loadEarlier);
  const end = useWindowed<HTMLElement, HTMLDivElement, HTMLDivElement>({
    of: 'chat',
    keys,
    own: state.items.findLast((item) => item.kind === 'message' && item.own)?.key,
    onNearStart: earlier.wanted,
  });
  useEffect(() => onInSight(end.atEnd), [end.atEnd, onInSight]);
  const begun = state.phase !== 'idle';
  useEffect(() => {
    // Not for those who only look in; for others it is there before the bot's first word.
    if (begun) void loadMarkdown();
  }, [begun]);
  const online = state.connection === 'online';
  // Who comes back is not read the whole chat, nor who scrolls what comes into view: that is text like any other.
  const there = state.phase === 'open' || state.phase === 'closed';
  const settled = useSettled(there && end.atEnd);
  return (
    <div class="transcript">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroller" aria-label={say('conversation')} tabIndex={0} ref={end.scroller}>
        <div class="lines" ref={end.content}>
          {state.hasMore ? <EarlierRow earlier={earlier} say={say} /> : welcome}
          <div
            class="log"
            role="log"
            aria-label={say('messages')}
            aria-live={settled ? 'polite' : 'off'}
            aria-relevant="additions"
            ref={end.list}
          >
            <Rows drawn={end.drawn} gap="div">
              {(index) => {
                const row = rows[index];
                if (row === undefined) return null;
                return (
                  <RowBoundary key={row.key} of={subjectOf(row)} fallback={() => <FallbackRow row={row} />}>
                    <TranscriptRow row={row} online={online} language={language} actions={actions} />
                  </RowBoundary>
                );
              }}
            </Rows>
          </div>
          <Now state={state} language={language} />
          {ending}
        </div>
      </section>
      {/* Who reads further up is told of what comes by this alone. */}
      <div class="to-end" role="status">
        {!end.atEnd && (
          <Button size="s" icon={<DownIcon size={16} />} onClick={end.toEnd}>
            {state.unread > 0 ? say('newMessages', { n: state.unread }) : say('latest')}
          </Button>
        )}
      </div>
    </div>
  );
}

/**
 * What is being written. Outside of the log: a screen reader says once that somebody writes, and reads the message when
 * it is whole, not at each word.
 */
function Now({ state, language }: { state: ChatState; language: Language }) {
  const { say } = language;
  const { draft, typing } = state;
  const byAgent = typing?.sender === 'agent';
  const name = typing?.name ?? agentNameOf(state, language);
  const writing = draft !== null || typing !== null;
  const words = byAgent ? say('agentIsWriting', { name }) : say('botIsWriting');
  return (
    <>
      {draft !== null && draft.text !== '' ? (
        <RowBoundary key={draft.turnId} of={draft.turnId} fallback={() => <p class="row-plain">{draft.text}</p>}>
          <Growing text={draft.text} language={language} />
        </RowBoundary>
      ) : (
        writing && (
          <div class={`row row-first ${byAgent ? 'row-agent' : 'row-bot'}`}>
            <Avatar who={byAgent ? 'person' : 'bot'} name={name} size="s" />
            <div class="row-body">
              <p class="row-writing">
                <Dots /> <span>{words}</span>
              </p>
            </div>
          </div>
        )
      )}
      <p class="b-hidden" role="status">
        {writing && words}
      </p>
    </>
  );
}

function Growing({ text, language }: { text: string; language: Language }) {
  const shown = useGrowingText(text);
  return (
    <div class="row row-bot row-first row-growing">
      <Avatar who="bot" size="s" />
      <div class="row-body">
        <p class="row-name">{language.say('assistant')}</p>
        <div class="row-words" dir="auto">
          <Markdown text={shown} growing />
        </div>
      </div>
    </div>
  );
}
