import type { ChatState, ErrorCode } from '@baton/client';
import type { Language } from '../i18n/i18n.ts';
import type { MessageItem, Row } from '../transcript/rows.ts';

/** Who is in control, as the page shows it; `nobody` before the first word. */
export type Holder = 'nobody' | 'bot' | 'waiting' | 'agent' | 'closed';

export function holderOf({ phase, session, items }: ChatState): Holder {
  if (phase === 'closed' || session?.status === 'closed') return 'closed';
  if (session === null) return items.length === 0 ? 'nobody' : 'bot';
  return session.status;
}

export function agentNameOf(state: ChatState, { say }: Language): string {
  return state.session?.agentName ?? say('somebody');
}

/** The headline and the line below it: who is there, and what that means for the visitor. */
export function presence(state: ChatState, language: Language): { title: string; lead: string } {
  const { say } = language;
  switch (holderOf(state)) {
    case 'nobody':
      return { title: say('helloTitle'), lead: say('helloLead') };
    case 'bot':
      return { title: say('botTitle'), lead: say('botLead') };
    case 'waiting':
      if (nobodyIsOnline(state)) return { title: say('nobodyTitle'), lead: say('nobodyLead') };
      // Before it is known whether anybody is there.
      return { title: say(state.queue === null ? 'oneMoment' : 'waitingTitle'), lead: say('waitingLead') };
    case 'agent':
      return { title: say('agentTitle', { name: agentNameOf(state, language) }), lead: say('agentLead') };
    case 'closed':
      return { title: say('closedTitle'), lead: say('closedLead') };
  }
}

/** Nobody is there to come to those who wait. */
export const nobodyIsOnline = ({ queue }: ChatState): boolean => queue?.online === false;

/** Place in the queue and expected wait. */
export function waitingWords({ queue }: ChatState, { say, duration }: Language): string {
  if (queue === null) return say('looking');
  const place = queue.position === 1 ? say('next') : say('ahead', { n: queue.position - 1 });
  if (queue.estimate === null) return place;
  const low = Math.max(1, Math.floor(queue.estimate.lowSeconds / 60));
  const high = Math.ceil(queue.estimate.highSeconds / 60);
  if (high <= 1) return `${place} ${say('underAMinute')}`;
  const time = duration(high);
  return `${place} ${low >= high ? say('waitAbout', { time }) : say('waitBetween', { low: duration(low), high: time })}`;
}

export function eventWords({ item, agentName }: Row & { type: 'event' }, { say }: Language): string {
  const { cause } = item.change;
  const name = agentName ?? say('somebody');
  switch (cause) {
    case 'agent_assigned':
      return say('event_agent_assigned', { name });
    case 'agent_transferred':
      return say('event_agent_transferred', { name });
    case 'agent_closed':
      return say('event_agent_closed', { name });
    default:
      return say(`event_${cause}`);
  }
}

/** The words of a message, in the visitor's language where they are the product's own. */
export function messageWords({ content, sender, entry }: MessageItem, { say }: Language): string {
  return sender === 'bot' && entry?.metadata.noAnswer === true ? say('noAnswer') : content;
}

export function senderWords(item: MessageItem, { say }: Language): string {
  if (item.own) return say('you');
  return item.sender === 'agent' ? (item.senderName ?? say('somebody')) : say('assistant');
}

/** What went wrong, in the visitor's language. */
export function problemWords(code: ErrorCode, { say }: Language): string {
  switch (code) {
    case 'RATE_LIMITED':
      return say('slowDown');
    case 'TOO_MANY_WAITING':
      return say('enoughWaiting');
    case 'NOT_FOUND':
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
      return say('gone');
    case 'SESSION_CLOSED':
      return say('endedBefore');
    default:
      return say('trouble');
  }
}
