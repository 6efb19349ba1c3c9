import type { ChatState } from '@baton/client';
import { Button, classes } from '@baton/design';
import { useState } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import { holderOf, nobodyIsOnline, waitingWords } from './words.ts';

interface QueueStripProps {
  state: ChatState;
  language: Language;
  busy: boolean;
  onCancel: () => void;
}

/**
 * The place in the queue, or, while nobody is online, the choice to wait all the same or to go on with the assistant.
 * Always there for screen readers, so that they hear it change; seen while waiting.
 */
export function QueueStrip({ state, language, busy, onCancel }: QueueStripProps) {
  const { say } = language;
  const waiting = holderOf(state) === 'waiting';
  const alone = waiting && nobodyIsOnline(state);
  const session = state.session?.id;
  const [chosen, setChosen] = useState<string>();
  const waits = chosen === session;
  const words = alone ? say(waits ? 'nobodyWaiting' : 'nobodyOffer') : waitingWords(state, language);
  return (
    <div class={waiting ? classes('waiting-strip', alone && 'waiting-choice') : 'b-hidden'}>
      <p role="status">
        {alone && <span class="b-hidden">{say('nobodyTitle')} </span>}
        {waiting && words}
      </p>
      {waiting && (
        <div class="waiting-buttons">
          {alone && !waits && (
            <Button size="s" kind="quiet" onClick={() => setChosen(session)}>
              {say('keepWaiting')}
            </Button>
          )}
          <Button size="s" kind="quiet" busy={busy} onClick={onCancel}>
            {say(alone ? 'goOnWithAssistant' : 'neverMind')}
          </Button>
        </div>
      )}
    </div>
  );
}
