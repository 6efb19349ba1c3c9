import type { QueuedSession } from '@baton/client';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { BriefText } from '../customer/brief.tsx';
import { customerName } from '../customer/customer-name.ts';

const GAP = 8;

/** What the bot says of one who waits, floating beside the row that the pointer rests on. */
export function WaitingCard(props: {
  session: QueuedSession;
  beside: HTMLElement;
  onEnter: () => void;
  onLeave: () => void;
  onEscape: () => void;
}) {
  const card = useRef<HTMLDivElement>(null);
  const { queueInfo } = props.session;

  useLayoutEffect(() => {
    const element = card.current;
    if (element === null) return;
    const row = props.beside.getBoundingClientRect();
    const rightToLeft = getComputedStyle(element).direction === 'rtl';
    const top = Math.min(row.top, window.innerHeight - element.offsetHeight - GAP);
    element.style.top = `${Math.max(GAP, top)}px`;
    element.style.left = `${rightToLeft ? row.left - element.offsetWidth - GAP : row.right + GAP}px`;
  }, [props.beside, props.session]);

  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && props.onEscape();
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, []);

  return (
    <div class="wait-card" role="tooltip" ref={card} onPointerEnter={props.onEnter} onPointerLeave={props.onLeave}>
      <p class="wait-card-name">{customerName(props.session)}</p>
      <BriefText brief={queueInfo.brief} reason={queueInfo.reason} />
    </div>
  );
}
