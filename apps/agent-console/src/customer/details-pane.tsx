import type { AgentChat, Session } from '@baton/client';
import { Avatar, BackIcon, Badge, Button, CloseIcon, IconButton, PlainText, PlusIcon } from '@baton/design';
import type { ComponentChildren } from 'preact';
import { factsOf } from '../chats/chat-facts.ts';
import { useConsole } from '../console/context.ts';
import { moment, timeOfDay, words } from '../words/words.ts';
import { BriefText } from './brief.tsx';
import { customerName } from './customer-name.ts';
import { Facts } from './facts.tsx';
import { VerifiedMark } from './verified-mark.tsx';
import './details.css';

/** Everything known of the customer and the chat besides what was said. */
export function DetailsPane({ chat }: { chat: AgentChat }) {
  const { actions } = useConsole();
  const { session, brief, notes } = chat;
  const { handoff } = factsOf(chat);
  const name = customerName(session);
  const priority = handoff?.change.priority;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(session.id);
      actions.tell('good', words.customer.copied);
    } catch {
      // Not allowed, or not over HTTPS: the id is selectable.
    }
  };
  return (
    <section class="details" aria-label={words.conversation.details}>
      <header class="details-head">
        <span class="only-stacked">
          <IconButton label={words.conversation.back} size="s" onClick={() => actions.setPane('conversation')}>
            <BackIcon />
          </IconButton>
        </span>
        <h2>{words.customer.title}</h2>
        <span class="only-wide">
          <IconButton label={words.customer.close} size="s" onClick={actions.toggleDetails}>
            <CloseIcon size={18} />
          </IconButton>
        </span>
      </header>
      <div class="details-who">
        <Avatar who="person" name={name} />
        <div>
          <p class="details-name">{name}</p>
          {name !== session.userId && <p class="faint">{session.userId}</p>}
          <VerifiedMark session={session} />
        </div>
      </div>

      <Section title={words.customer.brief}>
        {handoff !== undefined && (
          <p class="details-handoff">
            {priority !== undefined && priority !== 'normal' && (
              <Badge tone={priority === 'high' ? 'danger' : 'plain'}>{words.waiting.priority[priority]}</Badge>
            )}
            {handoff.change.reason !== undefined && <span>{handoff.change.reason}</span>}
          </p>
        )}
        {brief === null ? <p class="faint">{words.customer.noBrief}</p> : <BriefText brief={brief} />}
      </Section>

      <Section
        title={words.customer.notes}
        action={
          chat.assignment === 'mine' && (
            <Button
              kind="quiet"
              size="s"
              icon={<PlusIcon size={16} />}
              onClick={() => {
                actions.setPane('conversation');
                actions.write('note');
              }}
            >
              {words.customer.addNote}
            </Button>
          )
        }
      >
        {notes.length === 0 ? (
          <p class="faint">{words.customer.noNotes}</p>
        ) : (
          <ul class="details-notes">
            {notes.map((note) => (
              <li key={note.id}>
                <PlainText text={note.content} />
                <p class="faint">
                  <bdi>{note.agentName}</bdi>, <time dateTime={note.createdAt}>{timeOfDay(note.createdAt)}</time>
                </p>
              </li>
            ))}
          </ul>
        )}
      </Section>

      <Section title={words.customer.chat}>
        <dl class="details-facts">
          <dt>{words.customer.started}</dt>
          <dd>{moment(session.createdAt)}</dd>
          <dt>{words.customer.id}</dt>
          <dd>
            <button
              type="button"
              class="text-button details-id"
              title={words.customer.copy}
              onClick={() => void copy()}
            >
              {session.id}
            </button>
          </dd>
        </dl>
        <Facts title={words.customer.proven} values={provenOf(session)} />
        <Facts title={words.customer.provenContext} values={session.customer?.botContext ?? null} />
        <Facts title={words.customer.metadata} values={session.metadata} />
        <Facts title={words.customer.context} values={session.botContext} />
      </Section>
    </section>
  );
}

/** What the site has signed of the customer besides the name and id, which stand above. */
function provenOf({ customer }: Pick<Session, 'customer'>): Record<string, unknown> {
  const { email, metadata } = customer ?? {};
  return { ...(email !== undefined && { email }), ...metadata };
}

function Section(props: { title: string; action?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="details-section">
      <header>
        <h3 class="small-title">{props.title}</h3>
        {props.action}
      </header>
      {props.children}
    </section>
  );
}
