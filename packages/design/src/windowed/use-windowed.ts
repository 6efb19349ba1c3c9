import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { UNFOLDED } from '../rows/folded.tsx';
import { afterPaint } from './after-paint.ts';
import { type Drawn, draw, mainRange, openingStep, startOf } from './drawn-rows.ts';
import { firstGap, measure, noteAnchors, restoreAnchors, rowOf } from './elements.ts';
import { pinnedRows } from './pinned.ts';
import { nextWindow, type Range } from './ranges.ts';

/** This close to the end counts as being there. */
const NEAR_PX = 48;
/** This close to the first row, earlier ones are asked for. */
const NEAR_START_PX = 600;

export interface WindowedOptions {
  /** Which list it is: another one is opened at its end. */
  of: string;
  /** Of all rows, in order. A row keeps its key, and its place among the others. */
  keys: readonly string[];
  /** Key of the newest row that the reader wrote: who writes wants to see it, wherever they have scrolled to. */
  own: string | undefined;
  /** The reader is near the first row. Called again and again while they are. */
  onNearStart?: (() => void) | undefined;
}

/**
 * A scrolling list of which only the rows near the view are in the page, however long it is. It stays at its end while
 * the reader is there, whatever grows in it; while they read further up, what they look at stays where it is, whatever
 * is put in, taken out or turns out larger above it. A row that has the focus, or is selected, stays in the page.
 *
 * Each row is one element; they are children of the element that gets `list`, which is within that of `content`, which
 * is within that of `scroller`. The scroller has `overflow-anchor: none`, and margins of rows do not collapse.
 */
export function useWindowed<Scroller extends HTMLElement, Content extends HTMLElement, List extends HTMLElement>(
  options: WindowedOptions,
) {
  const { of, keys, own } = options;
  const scroller = useRef<Scroller>(null);
  const content = useRef<Content>(null);
  const list = useRef<List>(null);
  const newest = useRef(options);
  newest.current = options;
  const [, redraw] = useState({});
  const [atEnd, setAtEnd] = useState(true);
  const at = useRef(startOf(of));
  if (at.current.of !== of) at.current = startOf(of);
  const place = at.current;
  const indexes = useMemo(() => new Map(keys.map((key, index) => [key, index])), [keys]);

  // Before the page is changed: what the reader has scrolled since the last event is not taken back by the change.
  if (!place.stuck && scroller.current !== null && list.current !== null)
    noteAnchors(scroller.current, list.current, place);
  const focused = list.current === null ? undefined : focusedIn(list.current);
  const main = mainRange(place, keys.length, indexes);
  const drawn: Drawn = draw(place, keys, indexes);
  const indexOf = (key: string | undefined): number => (key === undefined ? -1 : (indexes.get(key) ?? -1));
  const hasWritten = indexOf(own) > indexOf(place.last) && indexOf(place.last) >= 0;

  const note = useCallback(() => {
    if (scroller.current !== null) at.current.top = scroller.current.scrollTop;
  }, []);
  /** The reader stays where they are: at the end, or with what they look at. */
  const stay = useCallback(() => {
    const element = scroller.current;
    if (element === null || list.current === null) return;
    if (at.current.stuck) element.scrollTop = element.scrollHeight;
    else restoreAnchors(element, list.current, at.current);
    note();
  }, [note]);
  /** Draws what the view needs; of a list that opens, a part of it. */
  const fill = useCallback(() => {
    const element = scroller.current;
    const rows = list.current;
    const gap = rows === null ? null : firstGap(rows);
    const here = at.current;
    const { keys, onNearStart } = newest.current;
    if (element === null || rows === null || gap === null || keys.length === 0) return;
    const tops = here.heights.tops(keys);
    const places = new Map(keys.map((key, index) => [key, index]));
    // By the rows in view: the gaps in the page are still as high as was guessed when they were drawn.
    const anchor = here.anchors.find(({ key }) => places.has(key));
    const byRows = anchor && (tops[places.get(anchor.key) ?? 0] ?? 0) - anchor.offset;
    const byGap = () => element.getBoundingClientRect().top - gap.getBoundingClientRect().top;
    const top = here.stuck ? (tops.at(-1) ?? 0) - element.clientHeight : (byRows ?? byGap());
    const now = mainRange(here, keys.length, places);
    const needed = nextWindow(now, tops, { top, bottom: top + element.clientHeight });
    const next = here.opening ? openingStep(now, needed) : needed;
    // Rows that are drawn only now may turn out smaller than was guessed, so that more are needed.
    here.opening = here.opening && !(isSame(next, needed) && isSame(next, now));
    const ofNode = (node: Node): number | undefined => {
      const key = rowOf(rows, here, node);
      return key === undefined ? undefined : places.get(key);
    };
    const keysOf = ({ from, to }: Range) => keys.slice(from, to);
    const pinned = pinnedRows({ list: rows, indexOf: ofNode, drawn: now, count: keys.length }).map(keysOf);
    const isAsBefore = isSame(next, now) && sameRows(pinned, here.pinned);
    here.main = keysOf(next);
    here.pinned = pinned;
    if (!isAsBefore) redraw({});
    if (top < NEAR_START_PX && !here.opening) onNearStart?.();
  }, []);
  const cancelFill = useRef<(() => void) | null>(null);
  useEffect(() => () => cancelFill.current?.(), []);
  /** Fills the view: at once, or after the next frame while the list opens, however often it is called before that. */
  const look = useCallback(() => {
    if (!at.current.opening) return fill();
    cancelFill.current ??= afterPaint(() => {
      cancelFill.current = null;
      fill();
    });
  }, [fill]);
  /** Learns how high the rows are that were drawn, and goes on from there. */
  const settle = useCallback(() => {
    if (list.current !== null) measure(list.current, at.current);
    stay();
    look();
  }, [stay, look]);
  const openingFrame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(openingFrame.current), []);
  const toEnd = useCallback(() => {
    at.current.stuck = true;
    setAtEnd(true);
    redraw({});
  }, []);

  useLayoutEffect(() => {
    // A row that is put elsewhere among the others, as rows are drawn between it and them, loses the focus.
    if (focused?.isConnected === true && document.activeElement !== focused) focused.focus({ preventScroll: true });
    place.main = keys.slice(main.from, main.to);
    place.drawn = drawn;
    place.last = keys[keys.length - 1];
    if (hasWritten && !place.stuck) {
      if (list.current !== null) measure(list.current, place);
      toEnd();
      return;
    }
    setAtEnd(place.stuck);
    if (!place.opening) return settle();
    // To measure is to lay out. Of a list that opens the frame does that, not the task that has drawn it.
    cancelAnimationFrame(openingFrame.current);
    openingFrame.current = requestAnimationFrame(settle);
  });

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return;
    const letGo = (): void => {
      const here = at.current;
      here.stuck = false;
      // What the reader goes to is drawn at once, and needs to know the rows that were drawn last.
      if (here.opening && list.current !== null) measure(list.current, here);
      here.opening = false;
    };
    const scrolled = (): void => {
      const here = at.current;
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      // Only the reader scrolls up. Rows that turn out larger than was guessed leave us further up, too.
      if (near) here.stuck = true;
      else if (element.scrollTop < here.top) letGo();
      note();
      if (list.current !== null) noteAnchors(element, list.current, here);
      setAtEnd(here.stuck);
      look();
    };
    const resized = new ResizeObserver(settle);
    // Who opens a long message reads it from where they are.
    const unfolded = (): void => {
      letGo();
      if (list.current !== null) noteAnchors(element, list.current, at.current);
    };
    resized.observe(element);
    resized.observe(inner);
    element.addEventListener('scroll', scrolled, { passive: true });
    element.addEventListener(UNFOLDED, unfolded);
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', scrolled);
      element.removeEventListener(UNFOLDED, unfolded);
    };
  }, [of, look, note, settle]);

  return { scroller, content, list, drawn, atEnd, toEnd };
}

/** The element of a row that has the focus. */
function focusedIn(list: HTMLElement): HTMLElement | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && list.contains(activeElement) ? activeElement : undefined;
}

const isSame = (one: Range, other: Range): boolean => one.from === other.from && one.to === other.to;

const sameRows = (one: readonly (readonly string[])[], other: readonly (readonly string[])[]): boolean =>
  one.length === other.length &&
  one.every(
    (rows, index) => rows.length === other[index]?.length && rows.every((key, at) => key === other[index]?.[at]),
  );
