import { useEffect, useRef, useState } from 'preact/hooks';

/** Time in which what has come is shown: a little longer than the pause between two drafts, so that it never stops. */
const SHOW_WITHIN_MS = 140;
const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Text that comes in jerks, shown as if it were written: each frame adds its share of what is still hidden.
 * Who asked for less motion sees it as it comes.
 */
export function useGrowingText(target: string): string {
  const [shown, setShown] = useState(target);
  const now = useRef({ shown: target, target });
  now.current.target = target;

  useEffect(() => {
    if (reducedMotion() || !target.startsWith(now.current.shown)) {
      now.current.shown = target;
      setShown(target);
      return;
    }
    let frame = 0;
    let last = performance.now();
    const step = (time: number): void => {
      const state = now.current;
      const hidden = state.target.length - state.shown.length;
      if (hidden <= 0) return;
      const share = Math.max(1, Math.ceil((hidden * Math.min(time - last, SHOW_WITHIN_MS)) / SHOW_WITHIN_MS));
      last = time;
      let end = state.shown.length + share;
      // Never half a surrogate pair.
      if (/[\uD800-\uDBFF]/.test(state.target[end - 1] ?? '')) end += 1;
      state.shown = state.target.slice(0, end);
      setShown(state.shown);
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target]);
  return shown;
}
