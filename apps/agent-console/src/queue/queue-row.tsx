import type { QueuedSession } from '@baton/client';
import { Button, classes } from '@baton/design';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { fill, words } from '../words/words.ts';

/** Id of the text that says why nothing can be taken. */
export const TAKE_HINT = 'take-hint';

export interface WaitingRowProps {
  session: QueuedSession;
  /** The pointer rests on it, or has left it. */
  onPoint: (sessionId: string, element: HTMLElement) => void;
  onUnpoint: () => void;
}

/** One who waits: how urgent, who, why, and for how long. Choosing it shows the brief; the button takes it. */
export function WaitingRow({ session, onPoint, onUnpoint }: WaitingRowProps) {
  const { selection, actions, working, takeProblem } = useConsole();
  const { queueInfo } = session;
  const name = customerName(session);
  const chosen = selection.value?.sessionId === session.id;
  const priority = words.waiting.priority[queueInfo.priority];
  return (
    <div
      class={classes('wait', `wait-${queueInfo.priority}`, chosen && 'is-chosen')}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPoint(session.id, event.currentTarget)}
      onPointerLeave={onUnpoint}
    >
      <button
        type="button"
        class="wait-main"
        data-row-focus
        aria-current={chosen || undefined}
        onClick={() => {
          onUnpoint();
          actions.choose({ kind: 'waiting', sessionId: session.id });
        }}
      >
        <span class="row-line">
          <span class="row-name" dir="auto">
            {name}
          </span>
          {queueInfo.priority !== 'normal' && <span class="wait-priority">{priority}</span>}
          <Waited since={queueInfo.requestedAt} />
        </span>
        <span class="row-line row-second">
          <span class="row-text">{queueInfo.reason}</span>
        </span>
      </button>
      <span class="wait-take">
        <Button
          kind="human"
          size="s"
          aria-label={fill(words.waiting.takeNamed, { name })}
          busy={working.value.has(`take ${session.id}`)}
          disabled={takeProblem.value !== undefined}
          title={takeProblem.value}
          aria-describedby={takeProblem.value === undefined ? undefined : TAKE_HINT}
          onClick={() => actions.claim(session.id)}
        >
          {words.waiting.takeShort}
        </Button>
      </span>
    </div>
  );
}

/** Ticks by itself, so that a second costs no more than its own text. */
function Waited({ since }: { since: string }) {
  return <time class="row-time">{duration(now.value - Date.parse(since))}</time>;
}
