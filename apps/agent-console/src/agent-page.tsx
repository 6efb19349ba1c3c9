import { createAgentClient } from '@baton/client';
import { loadMarkdown } from '@baton/design';
import '@baton/design/tokens.css';
import { render } from 'preact';
import { gatewayHere } from './console/gateway.ts';
import { lasting, passing } from './console/storage.ts';
import { AgentApp } from './shell/agent-app.tsx';
import './shell/page.css';
import { createTheme } from './shell/theme.ts';
import { startClock } from './time/now.ts';

const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no #app');
startClock();
// What the bot wrote is there from the first chat on.
void loadMarkdown();
render(
  <AgentApp
    openClient={(key) => createAgentClient({ url: gatewayHere(), ...(key !== undefined && { key }) })}
    theme={createTheme(lasting)}
    lasting={lasting}
    passing={passing}
  />,
  root,
);
