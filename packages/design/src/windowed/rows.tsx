import { type ComponentChildren, Fragment } from 'preact';
import type { Drawn } from './drawn-rows.ts';

export interface RowsProps {
  drawn: Drawn;
  /** What stands for rows that are not drawn: what may stand among the rows. */
  gap: 'div' | 'li';
  /** Draws the row of this number, with its key, as one element. */
  children: (index: number) => ComponentChildren;
}

/** The rows that `useWindowed` wants drawn, with gaps for all others. */
export function Rows({ drawn: { ranges, gaps }, gap: Gap, children }: RowsProps) {
  const pieces: ComponentChildren[] = [];
  const addGap = (at: number): void => {
    pieces.push(<Gap key={`gap ${at}`} data-gap aria-hidden="true" style={{ height: `${gaps[at] ?? 0}px` }} />);
  };
  ranges.forEach(({ from, to }, at) => {
    addGap(at);
    for (let index = from; index < to; index += 1) pieces.push(children(index));
  });
  addGap(ranges.length);
  return <Fragment>{pieces}</Fragment>;
}
