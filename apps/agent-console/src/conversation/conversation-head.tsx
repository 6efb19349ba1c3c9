import { BackIcon, IconButton } from '@baton/design';
import type { ComponentChildren } from 'preact';
import { useConsole } from '../console/context.ts';
import { words } from '../words/words.ts';
import './conversation.css';

interface ConversationHeadProps {
  titleId: string;
  title: string;
  /** How it stands with them, under the name. */
  standing: ComponentChildren;
  /** What can be done. */
  children?: ComponentChildren;
}

/** Whom the middle of the page is about, with the way back to the lists where only one of them fits. */
export function ConversationHead({ titleId, title, standing, children }: ConversationHeadProps) {
  const { actions } = useConsole();
  return (
    <header class="conversation-head">
      <span class="only-narrow">
        <IconButton label={words.conversation.back} size="s" onClick={() => actions.setPane('lists')}>
          <BackIcon />
        </IconButton>
      </span>
      <div class="conversation-who">
        <h2 id={titleId} tabIndex={-1}>
          {title}
        </h2>
        {standing}
      </div>
      {children}
    </header>
  );
}
