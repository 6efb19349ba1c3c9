import type { Chat, ChatState } from '@baton/client';
import { Avatar, Button } from '@baton/design';
import type { Language } from '../i18n/i18n.ts';

interface WelcomeProps {
  state: ChatState;
  language: Language;
  greeting: string | undefined;
  suggestions: readonly string[];
  send: Chat['send'];
}

/**
 * The first words, in the visitor's language, before there is a chat: one begins with the visitor's first message, so
 * that those who only look in leave nothing behind.
 */
export function Welcome({ state, language, greeting, suggestions, send }: WelcomeProps) {
  const begun = state.phase !== 'idle' || state.items.length > 0;
  // Taking up a chat again after a reload: what was said comes in a moment.
  if (begun && state.items.length === 0) return null;
  const offered = begun ? [] : [...suggestions, language.say('talkToPerson')];
  return (
    <>
      <div class="row row-bot row-first welcome">
        <Avatar who="bot" size="s" />
        <div class="row-body">
          <p class="row-name">{language.say('assistant')}</p>
          <div class="row-words" dir="auto">
            <p>{greeting ?? language.say('greeting')}</p>
          </div>
        </div>
      </div>
      {offered.length > 0 && (
        <ul class="suggestions" aria-label={language.say('suggestions')}>
          {offered.map((suggestion) => (
            <li key={suggestion}>
              <Button size="s" dir="auto" onClick={() => send(suggestion)}>
                {suggestion}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
