import './dots.css';

/** Somebody is writing. Words for a screen reader belong beside it. */
export function Dots() {
  return (
    <span class="b-dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
