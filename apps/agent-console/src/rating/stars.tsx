import { fill, words } from '../words/words.ts';
import './rating.css';

const SCALE = [1, 2, 3, 4, 5] as const;

/** A rating as stars; its number is read aloud. */
export function Stars({ score }: { score: number }) {
  return (
    <span class="stars">
      <span aria-hidden="true">
        {SCALE.map((step) => (
          <span key={step} class={step > score ? 'star is-empty' : 'star'}>
            ★
          </span>
        ))}
      </span>
      <span class="b-hidden">{fill(words.rating.score, { score })}</span>
    </span>
  );
}
