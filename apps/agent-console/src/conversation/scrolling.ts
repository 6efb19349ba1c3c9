import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** So near to the end counts as the end. */
const NEAR_PX = 48;

/**
 * Keeps a growing list at its end as long as the reader is there, and where they are otherwise; what is put in above
 * does not move what they look at. `atEnd` says whether they see the newest.
 */
export function useFollowing(
  scroller: RefObject<HTMLElement>,
  options: { of: string; firstKey: string | undefined; version: unknown },
) {
  const [atEnd, setAtEnd] = useState(true);
  const reader = useRef<'atEnd' | 'elsewhere'>('atEnd');
  const before = useRef<{ of: string; firstKey: string | undefined; height: number; top: number }>();

  /** What was measured when the end was last gone to: a scroll event after a change of it is not the reader's doing. */
  const size = useRef({ frame: 0, content: 0 });
  const pin = (element: HTMLElement): void => {
    element.scrollTop = element.scrollHeight;
    size.current = { frame: element.clientHeight, content: element.scrollHeight };
  };

  const toEnd = (): void => {
    const element = scroller.current;
    if (element === null) return;
    pin(element);
    reader.current = 'atEnd';
    setAtEnd(true);
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const last = before.current;
    if (last?.of !== options.of) toEnd();
    else if (reader.current === 'atEnd') pin(element);
    else if (last.firstKey !== options.firstKey) element.scrollTop = last.top + element.scrollHeight - last.height;
    before.current = { ...options, height: element.scrollHeight, top: element.scrollTop };
  }, [options.of, options.firstKey, options.version]);

  // The composer grows, a picture of the text is laid out anew: the end stays the end.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (reader.current === 'atEnd') pin(element);
    });
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, [options.of]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { frame, content } = size.current;
    if (reader.current === 'atEnd' && (element.clientHeight !== frame || element.scrollHeight !== content)) {
      pin(element);
      return;
    }
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    reader.current = end ? 'atEnd' : 'elsewhere';
    setAtEnd(end);
    if (before.current !== undefined)
      before.current = { ...before.current, height: element.scrollHeight, top: element.scrollTop };
  };
  return { atEnd, toEnd, onScroll };
}
