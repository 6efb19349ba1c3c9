import type { Chat, ErrorCode } from '@baton/client';
import { Banner, Button, ClockIcon } from '@baton/design';
import { useEffect, useState } from 'preact/hooks';
import type { Language } from '../i18n/i18n.ts';
import { useChatState } from './use-chat-state.ts';
import { problemWords } from './words.ts';

/** After this time the page says that it is still connecting. */
const SLOW_CONNECTION_MS = 4_000;

interface ProblemBannerProps {
  chat: Chat;
  language: Language;
  /** Why the last thing that the visitor asked for could not be done. */
  failure: ErrorCode | undefined;
}

/** Says that the connection is gone, or that something else is wrong; room for it is made only then. */
export function ProblemBanner({ chat, language, failure }: ProblemBannerProps) {
  const { connection, problem, phase } = useChatState(chat);
  const { say } = language;
  const slow = useSlow(connection === 'connecting' && phase !== 'idle');
  if (connection === 'offline') return <Banner icon={<ClockIcon size={18} />}>{say('offline')}</Banner>;
  // The time for coming back to the chat that the page kept has run out. It begins anew with the first words.
  if (failure === undefined && phase === 'idle' && problem?.code === 'NOT_FOUND')
    return <Banner icon={<ClockIcon size={18} />}>{say('earlierChat')}</Banner>;
  const code = failure ?? problem?.code;
  if (code !== undefined) {
    const again = (
      <Button size="s" onClick={() => void chat.start()}>
        {say('tryAgain')}
      </Button>
    );
    // A chat that could not be opened is not tried again by itself.
    return (
      <Banner tone="danger" {...(phase === 'idle' && { action: again })}>
        {problemWords(code, language)}
      </Banner>
    );
  }
  return slow ? <Banner icon={<ClockIcon size={18} />}>{say('connecting')}</Banner> : null;
}

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), SLOW_CONNECTION_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}
