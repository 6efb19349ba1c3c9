import type { QueuedSession } from '@baton/client';
import { Badge, Button } from '@baton/design';
import { useConsole } from '../console/context.ts';
import { ConversationHead } from '../conversation/conversation-head.tsx';
import { BriefText } from '../customer/brief.tsx';
import { customerName } from '../customer/customer-name.ts';
import { Facts } from '../customer/facts.tsx';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { counted, fill, words } from '../words/words.ts';

/** One who waits, looked at before taking: reason, brief, and what the page knows of the customer. */
export function WaitingPreview({ session }: { session: QueuedSession }) {
  const { actions, agent, working } = useConsole();
  const { queueInfo } = session;
  const name = customerName(session);
  const me = agent.value;
  const full = me !== null && me.active >= me.capacity;
  const off = me?.status === 'offline';
  return (
    <section class="conversation" aria-labelledby="preview-title">
      <ConversationHead titleId="preview-title" title={name} standing={<p>{words.waiting.preview}</p>} />
      <div class="preview">
        <div class="preview-card">
          <p class="preview-time">
            <span class="preview-clock">{duration(now.value - Date.parse(queueInfo.requestedAt))}</span>
            <Badge tone={queueInfo.priority === 'high' ? 'danger' : 'plain'}>
              {words.waiting.priority[queueInfo.priority]}
            </Badge>
            {queueInfo.position !== null && (
              <Badge>{fill(words.waiting.position, { position: queueInfo.position })}</Badge>
            )}
          </p>
          <p class="preview-reason">{queueInfo.reason}</p>
          <Button
            kind="human"
            busy={working.value.has(`take ${session.id}`)}
            disabled={full || off}
            onClick={() => actions.pickUp(session.id)}
          >
            {words.waiting.take}
          </Button>
          {off && <p class="faint">{words.waiting.off}</p>}
          {full && !off && <p class="faint">{counted(words.waiting.full, me.capacity)}</p>}
        </div>
        <div class="preview-more">
          <h3 class="small-title">{words.customer.brief}</h3>
          <BriefText brief={queueInfo.brief} />
          <Facts title={words.customer.metadata} values={session.metadata} />
          <Facts title={words.customer.context} values={session.botContext} />
        </div>
      </div>
    </section>
  );
}
