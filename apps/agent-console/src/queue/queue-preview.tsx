import type { QueuedSession, Session } from '@baton/client';
import { AlertIcon, Badge, Banner, Button } from '@baton/design';
import { useRef } from 'preact/hooks';
import type { Looked } from '../console/chat-preview.ts';
import { useConsole } from '../console/context.ts';
import { ConversationHead } from '../conversation/conversation-head.tsx';
import { BriefText } from '../customer/brief.tsx';
import { customerName } from '../customer/customer-name.ts';
import { Facts } from '../customer/facts.tsx';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { useKeptFocus } from '../windowed-list/kept-focus.ts';
import { fill, words } from '../words/words.ts';
import { SoFar } from './preview-transcript.tsx';

type Wait = QueuedSession['queueInfo'];

/**
 * A chat that is open and not assigned to this agent. While it waits: reason, summary, what was said so far, and what
 * the page knows of the customer. Once it does not: what became of it.
 */
export function WaitingPreview({ listed, looked }: { listed: QueuedSession | undefined; looked: Looked | null }) {
  const section = useRef<HTMLElement>(null);
  useKeptFocus(section, () => section.current?.querySelector<HTMLElement>('h2'));
  const session = listed ?? looked?.view?.session;
  const wait = listed?.queueInfo ?? looked?.view?.wait ?? null;
  const gone = listed === undefined ? (looked?.problem ?? null) : null;
  const name = session === undefined ? undefined : customerName(session);
  return (
    <section class="conversation" aria-labelledby="preview-title" ref={section}>
      <ConversationHead
        titleId="preview-title"
        title={name ?? (gone === null ? words.waiting.loading : words.waiting.unknown)}
        standing={gone === null && wait !== null && <p>{words.waiting.preview}</p>}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="preview" tabIndex={0}>
        {gone !== null && <Gone name={name} problem={gone} />}
        {session !== undefined && wait !== null && gone === null && <ToTake session={session} wait={wait} />}
        {session !== undefined && (
          <div class="preview-more">
            {wait !== null && (
              <>
                <h3 class="small-title">{words.customer.brief}</h3>
                <BriefText brief={wait.brief} />
              </>
            )}
            {looked !== null && <SoFar looked={looked} />}
            <Facts title={words.customer.metadata} values={session.metadata} />
            <Facts title={words.customer.context} values={session.botContext} />
          </div>
        )}
      </div>
    </section>
  );
}

function ToTake({ session, wait }: { session: Session; wait: Wait }) {
  const { actions, takeProblem, working } = useConsole();
  const problem = takeProblem.value;
  return (
    <div class="preview-card">
      <p class="preview-time">
        <span class="preview-clock">{duration(now.value - Date.parse(wait.requestedAt))}</span>
        <Badge tone={wait.priority === 'high' ? 'danger' : 'plain'}>{words.waiting.priority[wait.priority]}</Badge>
        {wait.position !== null && <Badge>{fill(words.waiting.position, { position: wait.position })}</Badge>}
      </p>
      <p class="preview-reason">{wait.reason}</p>
      <Button
        kind="human"
        busy={working.value.has(`take ${session.id}`)}
        disabled={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : 'preview-problem'}
        onClick={() => actions.claim(session.id)}
      >
        {words.waiting.take}
      </Button>
      {problem !== undefined && (
        <p class="faint" id="preview-problem">
          {problem}
        </p>
      )}
    </div>
  );
}

/** It does not wait any more, or never was this agent's to open: says so, and who has it when that is known. */
function Gone({ name, problem }: { name: string | undefined; problem: NonNullable<Looked['problem']> }) {
  const { code, message } = problem;
  const why = code === 'NOT_FOUND' ? (name === undefined ? words.waiting.notYours : undefined) : message;
  return (
    <div role="status">
      <Banner tone="notice" icon={<AlertIcon size={18} />}>
        {[
          ...(name === undefined ? [] : [`${fill(words.waiting.gone, { name })}.`]),
          ...(why === undefined ? [] : [why]),
        ].join(' ')}
      </Banner>
    </div>
  );
}
