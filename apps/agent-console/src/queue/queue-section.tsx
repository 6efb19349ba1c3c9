import { Badge, Button } from '@baton/design';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { ariaKeys, keysOf } from '../shortcuts/shortcuts.ts';
import { rowAt, useKeptFocus } from '../windowed-list/kept-focus.ts';
import { WindowedList } from '../windowed-list/windowed-list.tsx';
import { number, words } from '../words/words.ts';
import { WaitingMore } from './load-more.tsx';
import { WaitingCard } from './queue-card.tsx';
import { TAKE_HINT, WaitingRow } from './queue-row.tsx';
import './queue.css';

/** How long the pointer rests on a row before its brief floats up, and how long that stays when the pointer leaves. */
const SHOW_AFTER_MS = 450;
const HIDE_AFTER_MS = 200;

/** The queue, live, and the button that takes the next chat. */
export function WaitingSection() {
  const { waiting, selection, actions, takeProblem, working, focusAt } = useConsole();
  const { sessions, total } = waiting.value;
  const [pointed, setPointed] = useState<{ sessionId: string; element: HTMLElement } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const section = useRef<HTMLElement>(null);

  const later = (milliseconds: number, act: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, milliseconds);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useLayoutEffect(() => {
    if (focusAt.value.place !== 'waiting') return;
    const rows = section.current;
    const target =
      rows?.querySelector<HTMLElement>('[data-row-focus]') ?? rows?.querySelector<HTMLElement>('.wait-next');
    target?.focus();
  }, [focusAt.value]);

  useKeptFocus(section, (index) => rowAt(section.current, index) ?? section.current?.querySelector<HTMLElement>('h2'));

  const shown = pointed === null ? undefined : sessions.find(({ id }) => id === pointed.sessionId);
  const hint = takeProblem.value;
  const hidden = total - sessions.length;
  return (
    <section class="lists-section waiting" aria-labelledby="waiting-title" ref={section}>
      <header class="lists-head">
        <h2 id="waiting-title" tabIndex={-1}>
          {words.waiting.title}
        </h2>
        {total > 0 && (
          <Badge tone="human" strong>
            {number(total)}
          </Badge>
        )}
        <span class="lists-head-space" />
        <Button
          class="wait-next"
          kind={total > 0 ? 'human' : 'quiet'}
          size="s"
          disabled={total === 0 || hint !== undefined}
          busy={working.value.has('take next')}
          aria-keyshortcuts={ariaKeys('takeNext')}
          title={`${words.waiting.next} (${keysOf('takeNext')})`}
          onClick={() => actions.claim()}
        >
          {words.waiting.next}
        </Button>
      </header>
      {total > 0 && hint !== undefined && (
        <p class="lists-hint" id={TAKE_HINT}>
          {hint}
        </p>
      )}
      {total === 0 ? (
        <p class="lists-nothing">
          {words.waiting.none}. <span>{words.waiting.noneLead}</span>
        </p>
      ) : (
        <WindowedList
          label={words.waiting.title}
          items={sessions}
          keyOf={({ id }) => id}
          rowRem={3.75}
          reveal={selection.value?.kind === 'waiting' ? selection.value.sessionId : undefined}
          plain={({ id, userId }) => ({
            text: userId,
            choose: () => actions.choose({ kind: 'waiting', sessionId: id }),
          })}
          row={(session) => (
            <WaitingRow
              session={session}
              onPoint={(sessionId, element) => later(SHOW_AFTER_MS, () => setPointed({ sessionId, element }))}
              onUnpoint={() => later(HIDE_AFTER_MS, () => setPointed(null))}
            />
          )}
          foot={hidden > 0 && <WaitingMore hidden={hidden} load={actions.moreWaiting} />}
        />
      )}
      {pointed !== null && shown !== undefined && (
        <WaitingCard
          session={shown}
          beside={pointed.element}
          onEnter={() => clearTimeout(timer.current)}
          onLeave={() => later(HIDE_AFTER_MS, () => setPointed(null))}
          onEscape={() => setPointed(null)}
        />
      )}
    </section>
  );
}
