import type { Language } from '../i18n/i18n.ts';
import './relay.css';
import type { Holder } from './words.ts';

/**
 * Who has the baton: the assistant, a person, or nobody yet while it is on its way. A picture of what the words beside
 * it say, so it says nothing to a screen reader.
 */
export function Relay({ holder, name, language: { say } }: { holder: Holder; name: string; language: Language }) {
  return (
    <div class={`relay relay-at-${holder}`} aria-hidden="true">
      <span class="relay-stop relay-bot">{say('assistant')}</span>
      <span class="relay-track">
        <i class="relay-baton" />
      </span>
      <span class="relay-stop relay-person" dir="auto">
        {holder === 'agent' ? name : say('person')}
      </span>
    </div>
  );
}
