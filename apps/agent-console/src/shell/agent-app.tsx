import type { AgentClient, AgentState } from '@baton/client';
import { effect } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { SignIn } from '../account/sign-in.tsx';
import { followAddress } from '../console/address.ts';
import { type Console, createConsole } from '../console/console.ts';
import { type Shared, SharedProvider } from '../console/context.ts';
import type { Keeper } from '../console/storage.ts';
import { newsIn, pageTitle, unreadIn } from '../notifications/notices.ts';
import { createNotifications } from '../notifications/notifications.ts';
import { createRepliesStore } from '../saved-replies/replies-store.ts';
import { goBy } from '../time/now.ts';
import { words } from '../words/words.ts';
import type { Theme } from './theme.ts';
import { Workspace } from './workspace.tsx';

const NAME_KEY = 'baton.console.name';
const SECRET_KEY = 'baton.console.key';

export interface AgentAppProps {
  /** Opens a client with this key; a stored stay is resumed automatically. */
  openClient: (key: string | undefined) => AgentClient;
  theme: Theme;
  /** What stays, and what ends with the tab. */
  lasting: Keeper;
  passing: Keeper;
  /** Told of each new console. */
  onConsole?: (console: Console) => void;
}

/** Sign-in or workspace, whichever it is time for. */
export function AgentApp({ openClient, theme, lasting, passing, onConsole }: AgentAppProps) {
  const [client, setClient] = useState(() => openClient(passing.read(SECRET_KEY) ?? undefined));
  const [state, setState] = useState<AgentState>(client.state);
  /** `asked`: the installation wants a key. `wrong`: the one given was not it. */
  const [wantsKey, setWantsKey] = useState<'no' | 'asked' | 'wrong'>('no');
  const [joining, setJoining] = useState(false);
  const shared = useMemo(() => {
    const made = share(client, theme, lasting);
    onConsole?.(made.parts.console);
    return made;
  }, [client]);

  useEffect(() => {
    setState(client.state);
    const stop = client.subscribe(setState);
    return () => {
      stop();
      shared.end();
    };
  }, [client]);
  const { phase, problem, connection } = state;
  // Known anew with each connection.
  useEffect(() => goBy(client.now), [client, connection]);
  const elsewhere = phase === 'off' && problem?.code === 'FORBIDDEN';
  useEffect(() => {
    // Of a stay that was taken up by itself; what became of a key that was typed is known when `join` has its answer.
    if (problem?.code === 'UNAUTHENTICATED' && !joining) setWantsKey((before) => (before === 'no' ? 'asked' : before));
  }, [problem, joining]);

  const join = async (as: { name: string; key: string }) => {
    if (joining) return;
    setJoining(true);
    lasting.write(NAME_KEY, as.name);
    let used = client;
    if (as.key !== '' && as.key !== (passing.read(SECRET_KEY) ?? '')) {
      client.close();
      passing.write(SECRET_KEY, as.key);
      used = openClient(as.key);
      setClient(used);
    }
    const joined = await used.join({ name: as.name });
    if (!joined.ok && joined.code === 'UNAUTHENTICATED') {
      passing.write(SECRET_KEY, null);
      setWantsKey(as.key === '' ? 'asked' : 'wrong');
    }
    setJoining(false);
  };

  if (phase === 'off' || (joining && state.agent === null))
    return (
      <SignIn
        name={lasting.read(NAME_KEY) ?? ''}
        wantsKey={wantsKey}
        busy={joining}
        problem={problem}
        elsewhere={elsewhere}
        onSubmit={(as) => void join(as)}
      />
    );
  if (state.agent === null) return <p class="coming-back">{words.signIn.back}</p>;
  return (
    <SharedProvider value={shared.parts}>
      <Workspace
        onLeave={() => {
          shared.parts.console.actions.choose(null);
          void client.leave();
        }}
      />
    </SharedProvider>
  );
}

/** What the parts of the console share, and the title and the notifications that follow the client. */
function share(client: AgentClient, theme: Theme, keeper: Keeper): { parts: Shared; end: () => void } {
  const console = createConsole(client, keeper);
  const notifications = createNotifications(keeper, (sessionId) => {
    if (sessionId !== null) console.actions.choose({ kind: 'chat', sessionId }, 'composer');
  });
  const stopFollowing = followAddress(console);
  let before = client.state;
  const stop = effect(() => {
    const state = console.state.value;
    document.title = pageTitle(unreadIn(state));
    if (state !== before) notifications.show(newsIn(before, state));
    before = state;
  });
  return {
    parts: { console, notifications, theme, keeper, replies: createRepliesStore(keeper) },
    end(): void {
      stop();
      stopFollowing();
      console.stop();
    },
  };
}
