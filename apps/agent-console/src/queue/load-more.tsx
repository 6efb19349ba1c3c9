import { useEffect, useRef } from 'preact/hooks';
import { counted, words } from '../words/words.ts';

/** The foot of a list that goes on: how many are not shown, and more of them as soon as it comes into view. */
export function WaitingMore({ hidden, load }: { hidden: number; load: () => void }) {
  const foot = useRef<HTMLParagraphElement>(null);
  // Anew for every number: with more rows above it, it may be in view still.
  useEffect(() => {
    const element = foot.current;
    if (element === null) return;
    const observer = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && load());
    observer.observe(element);
    return () => observer.disconnect();
  }, [hidden]);
  return (
    <p class="waiting-more" ref={foot}>
      {counted(words.waiting.more, hidden)}
    </p>
  );
}
