import type { Range } from './ranges.ts';

/** A selection may reach over the whole list; so many rows of it beyond those that are drawn stay. */
const MOST_SELECTED = 300;

/**
 * Rows that must stay in the page wherever the reader scrolls: the one that has the focus, and those that are selected,
 * as the browser would forget both with them.
 * @param indexOf the row that a node is in, or is
 */
export function pinnedRows(options: {
  list: HTMLElement;
  indexOf: (node: Node) => number | undefined;
  drawn: Range;
  count: number;
}): Range[] {
  const { list, indexOf, drawn, count } = options;
  const pinned: Range[] = [];
  const { activeElement } = document;
  const focused = activeElement !== null && list.contains(activeElement) ? indexOf(activeElement) : undefined;
  if (focused !== undefined) pinned.push({ from: focused, to: focused + 1 });

  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed) return pinned;
  const { anchorNode, focusNode } = selection;
  if (anchorNode === null || focusNode === null) return pinned;
  const isInside = (node: Node) => list.contains(node);
  // All of the page is selected: nothing in particular is.
  if (!isInside(anchorNode) && !isInside(focusNode)) return pinned;
  const rowOf = (node: Node): number => {
    const row = isInside(node) ? indexOf(node) : undefined;
    if (row !== undefined) return row;
    return (list.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) !== 0 ? 0 : count - 1;
  };
  const [one, other] = [rowOf(anchorNode), rowOf(focusNode)];
  pinned.push({
    from: Math.max(Math.min(one, other), drawn.from - MOST_SELECTED),
    to: Math.min(Math.max(one, other) + 1, drawn.to + MOST_SELECTED),
  });
  return pinned;
}
