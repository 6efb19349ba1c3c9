import '@baton/design/tokens.css';
import { hostile } from '@baton/testkit/hostile-words';
import { render } from 'preact';
import type { Keeper } from '../src/console/storage.ts';
import { AgentApp } from '../src/shell/agent-app.tsx';
import '../src/shell/page.css';
import { createTheme } from '../src/shell/theme.ts';
import { SupervisorApp } from '../src/supervisor/supervisor-app.tsx';
import { startClock } from '../src/time/now.ts';
import { createFakeAgentClient } from './fake-agent-client.ts';
import { colleagues, scenes, views } from './scenes.ts';
import { createFakeSupervisorClient, supervisorScenes } from './supervisor-scenes.ts';

/** The console on a stage: in a state named in the address, with no server behind it. For tests and pictures. */
const query = new URLSearchParams(location.search);
const wanted = query.get('scene') ?? 'chat';
/** All that others wrote turns around what stands beside it, if it can. */
const as: <Value>(value: Value) => Value = query.has('hostile') ? hostile : (value) => value;
const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no #app');

const kept = new Map<string, string>();
const keeper: Keeper = {
  read: (key) => kept.get(key) ?? null,
  write: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
};
startClock();

const supervisorState = supervisorScenes[wanted]?.();
const scene = scenes[wanted]?.();
if (supervisorState !== undefined) {
  const supervisor = createFakeSupervisorClient(as(supervisorState));
  render(<SupervisorApp openClient={() => supervisor} theme={createTheme(keeper)} passing={keeper} />, root);
} else if (scene !== undefined) {
  const fake = createFakeAgentClient(as(scene.state), as(colleagues), new Map(as(views)));
  Object.assign(window, { stage: fake });
  render(
    <AgentApp
      openClient={() => fake.client}
      theme={createTheme(keeper)}
      lasting={keeper}
      passing={keeper}
      onConsole={(console) => {
        if (scene.open !== undefined) console.actions.choose(scene.open);
        if (scene.draft !== undefined && scene.open !== undefined)
          console.drafts.set(scene.open.sessionId, 'reply', scene.draft);
        if (scene.pane !== undefined) console.actions.setPane(scene.pane);
      }}
    />,
    root,
  );
} else {
  throw new Error(`there is no scene named ${wanted}`);
}
