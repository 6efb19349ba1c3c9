import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** This close to the end counts as being there. */
const NEAR_PX = 48;

/**
 * Keeps a scrolling list at its end while the reader is there, whatever grows in it; leaves it alone while they read
 * further up.
 * @param newest key of the last row: a new row is gone to when the reader is at the end
 */
export function useStickyEnd(newest: string | undefined, onAtEnd: (atEnd: boolean) => void) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef<boolean>(true);
  const [atEnd, setAtEnd] = useState(true);

  const goToEnd = useCallback(() => {
    stuck.current = true;
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (newest !== undefined && stuck.current) goToEnd();
  }, [newest, goToEnd]);

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return;
    let last = element.scrollTop;
    const look = (): void => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      // Only the reader scrolls up. Rows that turn out larger than was guessed leave us further up, too.
      if (near) stuck.current = true;
      else if (element.scrollTop < last) stuck.current = false;
      last = element.scrollTop;
      setAtEnd(stuck.current);
    };
    const isStuck = (): boolean => stuck.current;
    const resized = new ResizeObserver(() => {
      if (isStuck()) goToEnd();
    });
    resized.observe(element);
    resized.observe(inner);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [goToEnd]);

  useEffect(() => onAtEnd(atEnd), [atEnd, onAtEnd]);
  return { scroller, content, atEnd, goToEnd };
}
