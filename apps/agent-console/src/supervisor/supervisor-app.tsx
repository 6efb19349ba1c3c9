import type { SupervisorClient, SupervisorState } from '@baton/client';
import {
  Badge,
  Banner,
  BatonMark,
  Button,
  ChatIcon,
  Dialog,
  IconButton,
  SettingsIcon,
  TextField,
  Toast,
  ToastArea,
} from '@baton/design';
import { useEffect, useRef, useState } from 'preact/hooks';
import { SignInCard } from '../account/sign-in-card.tsx';
import type { Keeper } from '../console/storage.ts';
import type { Theme } from '../shell/theme.ts';
import { goBy } from '../time/now.ts';
import { counted, fill, timeOfDay, words } from '../words/words.ts';
import { Day } from './day-panel.tsx';
import { BotSilent, Health, healthSentence } from './health.tsx';
import { Present, RECENT_MS } from './now-panel.tsx';
import { QueueDebug } from './queue-debug.tsx';
import { Ratings } from './ratings.tsx';
import { remember, type Sample } from './samples.ts';
import './day-and-now.css';
import './supervisor.css';
import { Agents, WhoWaits } from './tables.tsx';

const SECRET_KEY = 'baton.supervisor.key';
const POLL_MS = 5_000;
const TOAST_MS = 5_000;

export interface SupervisorAppProps {
  openClient: (key: string | undefined) => SupervisorClient;
  theme: Theme;
  passing: Keeper;
}

/** How far the supervisor is with the key: none was asked for, one is wanted, it is being tried, it was refused. */
type KeyStage = 'none' | 'wanted' | 'trying' | 'refused';

/** The form stays from the first refusal until an answer comes, so that what is typed in it is not lost in between. */
function nextStage(stage: KeyStage, { problem, stats }: SupervisorState): KeyStage {
  if (stats !== null) return 'none';
  if (problem?.code !== 'UNAUTHENTICATED') return stage;
  return stage === 'none' ? 'wanted' : stage === 'trying' ? 'refused' : stage;
}

/** The supervisor's view, behind the supervisors' key where the installation has one. */
export function SupervisorApp({ openClient, theme, passing }: SupervisorAppProps) {
  const [supervisor, setClient] = useState(() => openClient(passing.read(SECRET_KEY) ?? undefined));
  const [state, setState] = useState<SupervisorState>(supervisor.state);
  const [keyStage, setKeyStage] = useState<KeyStage>('none');
  useEffect(() => {
    const follow = (next: SupervisorState) => {
      setState(next);
      setKeyStage((stage) => nextStage(stage, next));
    };
    follow(supervisor.state);
    const stops = [supervisor.subscribe(follow), supervisor.poll(['stats', 'health', 'agents', 'waiting'], POLL_MS)];
    return () => {
      for (const stop of stops) stop();
      supervisor.close();
    };
  }, [supervisor]);

  // Known anew with each connection.
  useEffect(() => goBy(supervisor.now), [supervisor, state.connection]);

  if (keyStage !== 'none')
    return (
      <KeyForm
        trying={keyStage === 'trying'}
        wrong={keyStage === 'refused'}
        onSubmit={(key) => {
          setKeyStage('trying');
          passing.write(SECRET_KEY, key);
          setClient(openClient(key));
        }}
      />
    );
  return <Overview supervisor={supervisor} state={state} theme={theme} />;
}

interface KeyFormProps {
  trying: boolean;
  wrong: boolean;
  onSubmit: (key: string) => void;
}

function KeyForm({ trying, wrong, onSubmit }: KeyFormProps) {
  const [key, setKey] = useState('');
  return (
    <SignInCard
      title={words.supervisor.keyTitle}
      lead={words.supervisor.keyLead}
      onSubmit={() => {
        if (key !== '' && !trying) onSubmit(key);
      }}
    >
      <TextField
        label={words.supervisor.key}
        type="password"
        name="key"
        autocomplete="current-password"
        value={key}
        problem={wrong ? words.signIn.keyWrong : undefined}
        autofocus
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <Button kind="primary" type="submit" wide busy={trying}>
        {words.supervisor.open}
      </Button>
    </SignInCard>
  );
}

function Overview({
  supervisor,
  state,
  theme,
}: {
  supervisor: SupervisorClient;
  state: SupervisorState;
  theme: Theme;
}) {
  const { stats, health, waiting, agents, connection } = state;
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (waiting === null) return;
    setSamples((before) => remember(before, { at: Date.parse(waiting.timestamp), value: waiting.total }, RECENT_MS));
  }, [waiting]);
  return (
    <div class="supervisor">
      <header class="top">
        <BatonMark size={28} />
        <h1>{words.app.supervisor}</h1>
        {health !== null && (
          <Badge tone={health.status === 'up' ? 'good' : health.status === 'degraded' ? 'human' : 'danger'}>
            {healthSentence(health)}
          </Badge>
        )}
        <span class="top-space" />
        {stats !== null && connection === 'online' && (
          <span class="faint top-as-of">{fill(words.supervisor.live, { seconds: POLL_MS / 1_000 })}</span>
        )}
        <ThemeButton theme={theme} />
        <a class="b-button b-button-plain b-small foldable" href="agent">
          <ChatIcon size={16} />
          <span class="b-button-text">{words.supervisor.agentConsole}</span>
        </a>
      </header>
      {connection === 'offline' && (
        <Banner>
          {stats === null
            ? words.connection.connecting
            : fill(words.supervisor.stale, { time: timeOfDay(stats.timestamp) })}
        </Banner>
      )}
      {health !== null && <BotSilent health={health} />}
      <main class="supervisor-main">
        {stats === null ? (
          <p class="supervisor-loading">{words.connection.connecting}</p>
        ) : (
          <>
            <Present stats={stats} waiting={waiting} agents={agents} samples={samples} />
            <Day stats={stats} />
            <div class="panels">
              {waiting !== null && <WhoWaits waiting={waiting} />}
              {agents !== null && <Agents agents={agents} />}
            </div>
            <Ratings stats={stats} />
            {health !== null && <Health health={health} />}
            <QueueSection supervisor={supervisor} state={state} />
          </>
        )}
      </main>
    </div>
  );
}

function ThemeButton({ theme }: { theme: Theme }) {
  const next = { system: 'light', light: 'dark', dark: 'system' } as const;
  const names = { system: words.rail.themeSystem, light: words.rail.themeLight, dark: words.rail.themeDark };
  return (
    <IconButton
      size="s"
      label={`${words.rail.theme}: ${names[theme.name.value]}`}
      onClick={() => theme.choose(next[theme.name.peek()])}
    >
      <SettingsIcon size={18} />
    </IconButton>
  );
}

/** The stored queue, asked for only while it is open, and the way to clear it. */
function QueueSection({ supervisor, state }: { supervisor: SupervisorClient; state: SupervisorState }) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<{ tone: 'good' | 'danger'; text: string }>();
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => (open ? supervisor.poll(['queue'], POLL_MS) : undefined), [open, supervisor]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const clear = async () => {
    setBusy(true);
    const cleared = await supervisor.clearQueue();
    setBusy(false);
    setAsking(false);
    setTold(
      cleared.ok
        ? { tone: 'good', text: counted(words.supervisor.cleared, cleared.value.cleared) }
        : { tone: 'danger', text: fill(words.problem.failed, { message: cleared.message }) },
    );
    timer.current = setTimeout(() => setTold(undefined), TOAST_MS);
    await Promise.all([supervisor.stats(), supervisor.waiting()]);
  };
  const total = state.waiting?.total ?? 0;
  return (
    <section class="panel" aria-labelledby="queue-title">
      <details class="queue" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2 id="queue-title">{words.supervisor.debug}</h2>
        </summary>
        {state.queue !== null && <QueueDebug debug={state.queue} />}
        <p>
          <Button size="s" kind="danger" onClick={() => setAsking(true)}>
            {words.supervisor.clear}
          </Button>
        </p>
      </details>
      {asking && (
        <Dialog
          title={words.supervisor.clearTitle}
          closeLabel={words.problem.close}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button kind="quiet" onClick={() => setAsking(false)}>
                {words.supervisor.cancel}
              </Button>
              <Button kind="danger" busy={busy} onClick={() => void clear()}>
                {words.supervisor.clear}
              </Button>
            </>
          }
        >
          <p>{total === 0 ? words.supervisor.clearEmpty : counted(words.supervisor.clearLead, total)}</p>
        </Dialog>
      )}
      {told !== undefined && (
        <ToastArea>
          <Toast tone={told.tone}>{told.text}</Toast>
        </ToastArea>
      )}
    </section>
  );
}
