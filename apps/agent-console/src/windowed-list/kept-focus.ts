import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/**
 * Keeps the focus in a part of the page when what had it vanishes: `next` names what gets it instead, from the place in
 * the list that it had. Without this the browser gives it to nobody, and keys go nowhere.
 */
export function useKeptFocus(part: RefObject<HTMLElement>, next: (index: number) => HTMLElement | null | undefined) {
  const { activeElement } = document;
  // Looked up before the page is changed.
  const had = activeElement instanceof HTMLElement && (part.current?.contains(activeElement) ?? false);
  const index = had ? Number(activeElement.closest('[data-index]')?.getAttribute('data-index') ?? 0) : 0;
  useLayoutEffect(() => {
    if (had && document.activeElement === document.body) next(index)?.focus();
  });
}

/** The row at this place, or the last one when the list has become shorter. */
export function rowAt(list: HTMLElement | null, index: number): HTMLElement | undefined {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-index]') ?? [])];
  const row = rows.find((one) => Number(one.dataset.index) === index) ?? rows.at(-1);
  return row?.querySelector<HTMLElement>('[data-row-focus]') ?? undefined;
}
