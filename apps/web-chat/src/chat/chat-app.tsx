import type { Chat, ClientStorage } from '@baton/client';
import { BatonMark, Button, CloseIcon, classes, Dialog, IconButton, PersonIcon, useFocusHeirs } from '@baton/design';
import { useCallback, useRef, useState } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import { ChatMenu } from './chat-menu.tsx';
import './chat-app.css';
import { useAttention } from '../attention/use-attention.ts';
import { Transcript } from '../transcript/transcript.tsx';
import { downloadTranscript } from '../transcript/transcript-file.ts';
import { ChatStatus } from './chat-status.tsx';
import { Composer } from './composer.tsx';
import { Ending } from './ending.tsx';
import { ProblemBanner } from './problem-banner.tsx';
import { QueueStrip } from './queue-strip.tsx';
import { useAction } from './use-action.ts';
import { useChatState } from './use-chat-state.ts';
import { Welcome } from './welcome.tsx';
import { agentNameOf, holderOf, presence } from './words.ts';

export interface ChatAppProps {
  chat: Chat;
  language: Language;
  /** Keeps what is being written, and whether there is to be a sound. */
  storage: ClientStorage;
  /** What the operator calls the chat. */
  title?: string | undefined;
  greeting?: string | undefined;
  suggestions?: readonly string[];
  /** In a frame: whether it is open, how to close it, and who counts what was not read. */
  frame?: { open: boolean; close: () => void; unread: (count: number) => void };
}

/**
 * Where the keyboard goes on after a control that takes itself away. Without a pointer that hovers the keyboard is on
 * the screen, and would cover what is read.
 */
const HEIRS = matchMedia('(hover: hover)').matches
  ? ['.ending', '.composer textarea', '.scroller']
  : ['.ending', '.scroller'];

export function ChatApp({ chat, language, storage, title, greeting, suggestions = [], frame }: ChatAppProps) {
  const state = useChatState(chat);
  const [ending, setEnding] = useState(false);
  const [inSight, setInSight] = useState(true);
  const doing = useAction();
  const room = useRef<HTMLDivElement>(null);
  useFocusHeirs(room, HEIRS);
  const name = title ?? language.say('title');
  const open = frame?.open ?? true;
  const attention = useAttention({ chat, state, storage, title: name, open, inSight, onUnread: frame?.unread });
  const { say } = language;
  const holder = holderOf(state);
  const agentName = agentNameOf(state, language);
  const { title: headline, lead } = presence(state, language);
  const { run } = doing;
  const download = useCallback(() => run(downloadTranscript(chat, name, language)), [run, chat, name, language]);
  const mayAskForPerson = holder === 'bot' && state.phase === 'open';

  return (
    <div class={classes('room', frame && 'room-framed')} data-holder={holder} ref={room}>
      <header class="porch">
        <div class="porch-bar">
          <BatonMark />
          <p class="porch-name" dir="auto">
            {name}
          </p>
          <ChatMenu
            state={state}
            say={say}
            sound={attention.sound}
            onSound={attention.setSound}
            onDownload={download}
            onEnd={() => setEnding(true)}
          />
          {frame && (
            <IconButton label={say('closeChat')} onClick={frame.close}>
              <CloseIcon />
            </IconButton>
          )}
        </div>
        <div class="porch-words">
          <ChatStatus holder={holder} name={agentName} language={language} />
          <h1>{headline}</h1>
          <p class="porch-lead">{lead}</p>
        </div>
        <Lanes />
      </header>

      <main class="sheet">
        <ProblemBanner chat={chat} language={language} failure={doing.failure} />
        <Transcript
          state={state}
          language={language}
          actions={chat}
          onInSight={setInSight}
          welcome={
            <Welcome state={state} language={language} greeting={greeting} suggestions={suggestions} send={chat.send} />
          }
          ending={
            // Of a chat that cannot be opened there is nothing to say.
            holder === 'closed' &&
            state.items.length > 0 && <Ending chat={chat} state={state} language={language} onDownload={download} />
          }
        />
        {holder !== 'closed' && (
          <div class="foot">
            <QueueStrip
              state={state}
              language={language}
              busy={doing.busy}
              onCancel={() => doing.run(chat.cancelRequest())}
            />
            {mayAskForPerson && (
              <Button
                kind="quiet"
                size="s"
                class="ask-person"
                icon={<PersonIcon size={18} />}
                busy={doing.busy}
                disabled={state.connection !== 'online'}
                onClick={() => doing.run(chat.requestAgent())}
              >
                {say('talkToPerson')}
              </Button>
            )}
            <Composer chat={chat} phase={state.phase} storage={storage} language={language} focused={open} />
          </div>
        )}
      </main>

      {ending && (
        <Dialog
          title={say('endQuestion')}
          closeLabel={say('close')}
          onClose={() => setEnding(false)}
          actions={
            <>
              <Button onClick={() => setEnding(false)}>{say('keepChatting')}</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setEnding(false);
                  doing.run(chat.end());
                }}
              >
                {say('endChat')}
              </Button>
            </>
          }
        >
          <p>{say('endExplained')}</p>
        </Dialog>
      )}
    </div>
  );
}

/** The bend of a running track, and the baton on it: it runs on when control of the chat changes. */
function Lanes() {
  return (
    <svg class="lanes" viewBox="0 0 400 400" aria-hidden="true" focusable="false">
      {[120, 168, 216, 264, 312, 360].map((radius) => (
        <circle key={radius} cx="0" cy="400" r={radius} />
      ))}
      <rect class="lanes-baton" x="185" y="378" width="14" height="44" rx="7" />
    </svg>
  );
}
