import type { Problem } from '@baton/client';
import { Button, TextField } from '@baton/design';
import { useState } from 'preact/hooks';
import { words } from '../words/words.ts';
import { SignInCard } from './sign-in-card.tsx';

export interface SignInProps {
  name: string;
  /** `asked`: the installation wants a key. `wrong`: the one given was not it. */
  wantsKey: 'no' | 'asked' | 'wrong';
  busy: boolean;
  problem: Problem | null;
  /** The agent went on in another window. */
  elsewhere: boolean;
  onSubmit: (as: { name: string; key: string }) => void;
}

/** Goes online by name, with the key where the installation requires one. */
export function SignIn({ name: first, wantsKey, busy, problem, elsewhere, onSubmit }: SignInProps) {
  const [name, setName] = useState(first);
  const [key, setKey] = useState('');
  const [tried, setTried] = useState(false);
  const nameProblem = tried && name.trim() === '' ? words.signIn.nameMissing : undefined;
  const keyProblem = wantsKey === 'wrong' ? words.signIn.keyWrong : undefined;
  return (
    <SignInCard
      title={elsewhere ? words.signIn.elsewhere : words.signIn.title}
      lead={elsewhere ? words.signIn.elsewhereLead : words.signIn.lead}
      onSubmit={() => {
        setTried(true);
        if (name.trim() !== '') onSubmit({ name: name.trim(), key });
      }}
    >
      <TextField
        label={words.signIn.name}
        value={name}
        name="name"
        autocomplete="name"
        maxLength={80}
        problem={nameProblem}
        autofocus
        onInput={(event) => setName(event.currentTarget.value)}
      />
      {wantsKey !== 'no' && (
        <TextField
          label={words.signIn.key}
          hint={words.signIn.keyHint}
          problem={keyProblem}
          type="password"
          name="key"
          autocomplete="current-password"
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      )}
      {problem !== null && problem.code !== 'UNAUTHENTICATED' && !elsewhere && (
        <p class="b-said b-said-problem" role="alert">
          {problem.message}
        </p>
      )}
      <Button kind="primary" type="submit" wide busy={busy}>
        {busy ? words.signIn.joining : elsewhere ? words.signIn.here : words.signIn.submit}
      </Button>
    </SignInCard>
  );
}
