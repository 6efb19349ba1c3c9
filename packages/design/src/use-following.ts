import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { UNFOLDED } from './folded.tsx';

/** This close to the end counts as being there. */
const NEAR_PX = 48;

export interface Following {
  /** Which list it is: another one is opened at its end. */
  of: string;
  /** Key of the first row: what is put in above does not move what the reader looks at. */
  first: string | undefined;
  /** Key of the newest row. */
  newest: string | undefined;
  /** Key of the newest row that the reader wrote: who writes wants to see it, wherever they have scrolled to. */
  own: string | undefined;
}

/**
 * Keeps a scrolling list at its end while the reader is there, whatever grows in it, and leaves it alone while they read
 * further up. `atEnd` says whether the newest is in sight.
 */
export function useFollowing<Scroller extends HTMLElement, Content extends HTMLElement>(rows: Following) {
  const { of, first, newest, own } = rows;
  const scroller = useRef<Scroller>(null);
  const content = useRef<Content>(null);
  const stuck = useRef<boolean>(true);
  const before = useRef({ of, first, own, height: 0, top: 0 });
  const [atEnd, setAtEnd] = useState(true);

  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    before.current.height = element.scrollHeight;
    before.current.top = element.scrollTop;
  }, []);
  const toEnd = useCallback(() => {
    stuck.current = true;
    setAtEnd(true);
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    measure();
  }, [measure]);

  useLayoutEffect(() => {
    const element = scroller.current;
    const last = before.current;
    before.current = { ...last, of, first, own };
    if (element === null) return;
    const wasAtEnd: boolean = stuck.current;
    if (wasAtEnd || last.of !== of || last.own !== own) toEnd();
    else if (last.first !== first) element.scrollTop = last.top + element.scrollHeight - last.height;
    measure();
  }, [of, first, newest, own, toEnd, measure]);

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return;
    const look = (): void => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      // Only the reader scrolls up. Rows that turn out larger than was guessed leave us further up, too.
      if (near) stuck.current = true;
      else if (element.scrollTop < before.current.top) stuck.current = false;
      measure();
      setAtEnd(stuck.current);
    };
    const isStuck = (): boolean => stuck.current;
    const resized = new ResizeObserver(() => {
      if (isStuck()) toEnd();
      else look();
    });
    // Who opens a long message reads it from where they are.
    const letGo = (): void => {
      stuck.current = false;
    };
    resized.observe(element);
    resized.observe(inner);
    element.addEventListener('scroll', look, { passive: true });
    element.addEventListener(UNFOLDED, letGo);
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
      element.removeEventListener(UNFOLDED, letGo);
    };
  }, [of, toEnd, measure]);

  return { scroller, content, atEnd, toEnd };
}
