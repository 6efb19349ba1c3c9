import { createSupervisorClient } from '@baton/client';
import '@baton/design/tokens.css';
import { render } from 'preact';
import { gatewayHere } from './console/gateway.ts';
import { lasting, passing } from './console/storage.ts';
import './shell/page.css';
import { createTheme } from './shell/theme.ts';
import { SupervisorApp } from './supervisor/supervisor-app.tsx';
import { startClock } from './time/now.ts';

const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no #app');
startClock();
render(
  <SupervisorApp
    openClient={(key) => createSupervisorClient({ url: gatewayHere(), ...(key !== undefined && { key }) })}
    theme={createTheme(lasting)}
    passing={passing}
  />,
  root,
);
