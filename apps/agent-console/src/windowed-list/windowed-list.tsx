import { RowBoundary } from '@baton/design';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import './windowed-list.css';

export interface WindowedListProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Height of each row, in rem: all are of one height, so that any of them is found without looking at the others. */
  rowRem: number;
  row: (item: Item, index: number) => ComponentChildren;
  /** The same in plain words, for a row that cannot be drawn; `choose` is what pressing it does. */
  plain: (item: Item) => { text: string; choose: () => void };
  /** Item that is to be in view whenever it changes. */
  reveal?: string | undefined;
  /** Follows the last row. */
  foot?: ComponentChildren;
  class?: string;
}

/** Rows kept ready above and below what is seen. */
const SPARE = 6;
/** The part of a row that has the focus when the row has. */
const ROW_FOCUS = '[data-row-focus]';

/**
 * A list of which only what can be seen is in the page, however long it is. Arrows, Home and End move the focus from
 * row to row; the focused row stays in the page when it is scrolled out of sight.
 */
export function WindowedList<Item>(props: WindowedListProps<Item>) {
  const { items, keyOf, rowRem } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, last: 24 });
  const [active, setActive] = useState<string | null>(null);
  const rowHeight = useRef(rowRem * 16);
  const wanted = useRef<number | null>(null);

  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight.current) - SPARE);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight.current) + SPARE;
    setView((before) => (before.first === first && before.last === last ? before : { first, last }));
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      rowHeight.current = rowRem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      look();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [rowRem]);

  const bring = (index: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const top = index * rowHeight.current;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight.current > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight.current - element.clientHeight;
    look();
  };

  useLayoutEffect(() => {
    const index = props.reveal === undefined ? -1 : items.findIndex((item) => keyOf(item) === props.reveal);
    if (index >= 0) bring(index);
  }, [props.reveal]);

  // The focus goes to a row only after it is in the page.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] ${ROW_FOCUS}`)?.focus();
    wanted.current = null;
  });

  const keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = items.findIndex((item) => keyOf(item) === active);
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: at + 8,
      PageUp: at - 8,
    };
    const target = to[event.key];
    if (target === undefined || items.length === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(target, 0), items.length - 1);
    const item = items[next];
    if (item === undefined) return;
    wanted.current = next;
    bring(next);
    setActive(keyOf(item));
    setView((before) => ({ ...before }));
  };
  const focusIn = (event: FocusEvent): void => {
    const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    const item = items[Number(row?.getAttribute('data-index') ?? -1)];
    setActive(item === undefined ? null : keyOf(item));
  };
  const focusOut = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node && scroller.current?.contains(event.relatedTarget))) setActive(null);
  };

  const shown: { item: Item; index: number }[] = [];
  for (let index = view.first; index < Math.min(view.last, items.length); index += 1) {
    const item = items[index];
    if (item !== undefined) shown.push({ item, index });
  }
  const activeIndex = active === null ? -1 : items.findIndex((item) => keyOf(item) === active);
  const activeItem = items[activeIndex];
  if (activeItem !== undefined && (activeIndex < view.first || activeIndex >= view.last))
    shown.push({ item: activeItem, index: activeIndex });

  return (
    <div class={`windowed ${props.class ?? ''}`} ref={scroller} onScroll={look}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys pressed in the rows arrive here */}
      <div onKeyDown={keyDown} onFocusIn={focusIn} onFocusOut={focusOut}>
        <ul class="windowed-rows" aria-label={props.label} style={{ height: `${items.length * rowRem}rem` }}>
          {shown.map(({ item, index }) => (
            <li
              key={keyOf(item)}
              class="windowed-row"
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ height: `${rowRem}rem`, transform: `translateY(${index * rowRem}rem)` }}
            >
              <RowBoundary of={item} fallback={() => <PlainListRow {...props.plain(item)} />}>
                {props.row(item, index)}
              </RowBoundary>
            </li>
          ))}
        </ul>
      </div>
      {props.foot}
    </div>
  );
}

function PlainListRow({ text, choose }: { text: string; choose: () => void }) {
  return (
    <button type="button" class="windowed-plain" data-row-focus onClick={choose}>
      {text}
    </button>
  );
}
