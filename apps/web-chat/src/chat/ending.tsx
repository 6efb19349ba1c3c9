import type { Chat, ChatState } from '@baton/client';
import { Button, DownloadIcon, PlusIcon, TextArea } from '@baton/design';
import { useState } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import './ending.css';

const SCALE = [1, 2, 3, 4, 5] as const;
type Rating = (typeof SCALE)[number];

interface EndingProps {
  chat: Pick<Chat, 'rate' | 'startOver'>;
  state: ChatState;
  language: Language;
  onDownload: () => void;
}

/** After the end: how was it, a copy, and another one. */
export function Ending({ chat, state, language: { say }, onDownload }: EndingProps) {
  const [comment, setComment] = useState('');
  const [failed, setFailed] = useState(false);
  const rate = async (rating: Rating, words?: string): Promise<void> => {
    const reply = await chat.rate(rating, words);
    setFailed(!reply.ok);
  };
  const given = state.ratingComment;
  const rated = SCALE.find((step) => step === state.rating);
  return (
    <section class="ending" aria-label={say('rateQuestion')} tabIndex={-1}>
      <fieldset class="faces">
        <legend>{say('rateQuestion')}</legend>
        {SCALE.map((step) => (
          <label key={step} class={`face face-${step}`}>
            <input
              type="radio"
              name="rating"
              value={step}
              checked={rated === step}
              // The whole verdict is kept anew: without its words they would be lost.
              onChange={() => void rate(step, given ?? undefined)}
              aria-label={say(`rate${step}`)}
            />
            <Face step={step} />
            <span aria-hidden="true">{say(`rate${step}`)}</span>
          </label>
        ))}
      </fieldset>
      <div role="status">
        {failed && <p class="ending-said">{say('trouble')}</p>}
        {rated !== undefined && !failed && <p class="ending-said">{say('rateThanks')}</p>}
      </div>
      {given !== null && (
        <figure class="ending-given">
          <figcaption>{say('rateGiven')}</figcaption>
          <blockquote dir="auto">{given}</blockquote>
        </figure>
      )}
      {rated !== undefined && given === null && (
        <form
          class="ending-comment"
          onSubmit={(event) => {
            event.preventDefault();
            if (comment.trim() !== '') void rate(rated, comment.trim());
          }}
        >
          <TextArea
            label={say('rateComment')}
            placeholder={say('rateComment')}
            value={comment}
            onText={setComment}
            maxLength={1_000}
            maxLines={4}
            dir="auto"
          />
          {comment.trim() !== '' && (
            <Button type="submit" size="s">
              {say('rateSend')}
            </Button>
          )}
        </form>
      )}
      <div class="ending-actions">
        <Button kind="primary" icon={<PlusIcon size={18} />} onClick={() => chat.startOver()}>
          {say('newChat')}
        </Button>
        <Button icon={<DownloadIcon size={18} />} onClick={onDownload}>
          {say('download')}
        </Button>
      </div>
    </section>
  );
}

/** The mouth bends from -4 (down) to 4 (up). */
function Face({ step }: { step: Rating }) {
  const bend = (step - 3) * 2.2;
  return (
    <svg width="36" height="36" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <circle cx="18" cy="18" r="16" />
      <path d={`M11 ${23 - bend / 2}Q18 ${23 + bend} 25 ${23 - bend / 2}M13 14v1.5M23 14v1.5`} />
    </svg>
  );
}
