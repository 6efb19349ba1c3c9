import type { GivenRating } from '@baton/client';
import { PlainText } from '@baton/design';
import { moment, words } from '../words/words.ts';
import { Stars } from './stars.tsx';

/** What the customer said of this chat: below the transcript, also when it comes long after the end. */
export function CustomerRating({ rating }: { rating: GivenRating | null }) {
  return (
    // Always there, so that a rating which comes while the chat is open is read aloud.
    <div role="status" class="customer-rating">
      {rating !== null && (
        <>
          <p class="customer-rating-head">
            <strong>{words.rating.byCustomer}</strong> <Stars score={rating.score} />{' '}
            <time dateTime={rating.ratedAt}>{moment(rating.ratedAt)}</time>
          </p>
          {rating.comment !== null && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <div class="customer-rating-comment" tabIndex={0}>
              <PlainText text={rating.comment} />
            </div>
          )}
        </>
      )}
    </div>
  );
}
