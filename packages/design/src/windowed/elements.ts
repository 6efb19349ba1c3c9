import type { Place } from './drawn-rows.ts';

/** Marks the elements that stand for rows which are not drawn. */
const GAP = ':scope > [data-gap]';

/** Where the rows begin; undefined before anything is drawn. */
export const firstGap = (list: HTMLElement): Element | null => list.querySelector(GAP);

/** The elements of the rows that were drawn last, each with its key and what ends above it. */
function* rowElements(list: HTMLElement, { drawn }: Place) {
  const gaps = list.querySelectorAll(GAP);
  for (const [at, { from, to }] of drawn.ranges.entries()) {
    let above = gaps[at];
    for (let index = from; index < to; index += 1) {
      const element = above?.nextElementSibling;
      const key = drawn.keys[index];
      if (above === undefined || element === null || element === undefined || key === undefined) break;
      yield { element, above, key };
      above = element;
    }
  }
}

/** Notes how high each row is. A row's margin above it counts as its own. */
export function measure(list: HTMLElement, place: Place): void {
  for (const { element, above, key } of rowElements(list, place)) {
    place.elements.set(element, key);
    const height = element.getBoundingClientRect().bottom - above.getBoundingClientRect().bottom;
    if (height >= 0) place.heights.note(key, height);
  }
}

/** Notes which rows are in view, and where. */
export function noteAnchors(scroller: HTMLElement, list: HTMLElement, place: Place): void {
  const { top } = scroller.getBoundingClientRect();
  const anchors: { key: string; offset: number }[] = [];
  for (const { element, key } of rowElements(list, place)) {
    const box = element.getBoundingClientRect();
    if (box.bottom <= top) continue;
    if (box.top >= top + scroller.clientHeight) break;
    anchors.push({ key, offset: box.top - top });
  }
  place.anchors = anchors;
}

/** Scrolls so that the first of the rows that were in view is where it was. */
export function restoreAnchors(scroller: HTMLElement, list: HTMLElement, place: Place): void {
  if (place.anchors.length === 0) return;
  const elements = new Map([...rowElements(list, place)].map(({ key, element }) => [key, element]));
  for (const { key, offset } of place.anchors) {
    const element = elements.get(key);
    if (element === undefined) continue;
    const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
    // Less than that is how browsers round.
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    return;
  }
}

/** The row that a node is in. */
export function rowOf(list: HTMLElement, place: Place, node: Node): string | undefined {
  for (let at: Node | null = node; at !== null && at !== list; at = at.parentNode)
    if (at.parentNode === list) return place.elements.get(at);
  return undefined;
}
