import { Avatar, CheckIcon, ClockIcon } from '@baton/design';
import type { Language } from '../i18n/i18n.ts';
import './chat-status.css';
import type { Holder } from './words.ts';

interface ChatStatusProps {
  holder: Holder;
  /** Of the agent. */
  name: string;
  language: Language;
}

/** Who the visitor is with, at a glance. The words below say the same, so it says nothing to a screen reader. */
export function ChatStatus({ holder, name, language: { say } }: ChatStatusProps) {
  return (
    <p class={`status status-${holder}`} aria-hidden="true">
      <StatusMark holder={holder} name={name} />
      <span class="status-name" dir="auto">
        {statusWords(holder, name, say)}
      </span>
    </p>
  );
}

function StatusMark({ holder, name }: Pick<ChatStatusProps, 'holder' | 'name'>) {
  if (holder === 'agent') return <Avatar who="person" name={name} size="s" />;
  if (holder === 'nobody' || holder === 'bot') return <Avatar who="bot" size="s" />;
  return <span class="status-mark">{holder === 'waiting' ? <ClockIcon size={16} /> : <CheckIcon size={16} />}</span>;
}

function statusWords(holder: Holder, name: string, say: Language['say']): string {
  switch (holder) {
    case 'nobody':
    case 'bot':
      return say('assistant');
    case 'waiting':
      return say('inQueue');
    case 'agent':
      return name;
    case 'closed':
      return say('ended');
  }
}
