import { BatonMark } from '@baton/design';
import type { ComponentChildren } from 'preact';
import { words } from '../words/words.ts';
import './sign-in.css';

interface SignInCardProps {
  title: string;
  lead?: string | undefined;
  onSubmit: () => void;
  children: ComponentChildren;
}

/** The one card on the page of those who are not in yet. */
export function SignInCard({ title, lead, onSubmit, children }: SignInCardProps) {
  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <p class="sign-in-brand">
          <BatonMark size={40} />
          <span>{words.app.name}</span>
        </p>
        <h1>{title}</h1>
        {lead !== undefined && <p class="dialog-lead">{lead}</p>}
        {children}
      </form>
    </main>
  );
}
