import {
  BatonMark,
  BellIcon,
  ChartIcon,
  ChatIcon,
  classes,
  IconButton,
  KeyboardIcon,
  NoteIcon,
  SettingsIcon,
} from '@baton/design';
import { StatusMenu } from '../account/status-menu.tsx';
import { useConsole, useShared } from '../console/context.ts';
import { ariaKeys } from '../shortcuts/shortcuts.ts';
import { words } from '../words/words.ts';
import type { ThemeName } from './theme.ts';
import './rail.css';

const nextTheme: Record<ThemeName, ThemeName> = { system: 'light', light: 'dark', dark: 'system' };

/** The strip along the edge: where one is, what can be opened, and who one is. */
export function Rail() {
  const { actions } = useConsole();
  const { notifications, theme } = useShared();
  const notify = notifications.state.value;
  const notifyLabel = {
    ask: words.rail.notifyAsk,
    off: words.rail.notifyAsk,
    on: words.rail.notifyOn,
    blocked: words.rail.notifyBlocked,
  }[notify];
  const themeName = { system: words.rail.themeSystem, light: words.rail.themeLight, dark: words.rail.themeDark }[
    theme.name.value
  ];
  const toggleNotify = async () => {
    const state = await notifications.toggle();
    if (state === 'on') actions.tell('good', words.notify.asked);
    else if (state === 'blocked') actions.tell('notice', words.notify.refused);
  };
  return (
    <nav class="rail" aria-label={words.rail.label}>
      <span class="rail-mark">
        <BatonMark size={30} />
      </span>
      <a
        class="rail-link is-here"
        href="agent"
        aria-current="page"
        title={words.chats.title}
        onClick={(event) => event.preventDefault()}
      >
        <ChatIcon />
        <span class="b-hidden">{words.chats.title}</span>
      </a>
      <a class="rail-link" href="admin" title={words.rail.supervisor}>
        <ChartIcon />
        <span class="b-hidden">{words.rail.supervisor}</span>
      </a>
      <span class="rail-space" />
      <IconButton
        class={classes('rail-link', notify === 'on' && 'is-on')}
        label={notifyLabel}
        aria-pressed={notify === 'on'}
        disabled={notify === 'blocked'}
        onClick={() => void toggleNotify()}
      >
        <BellIcon />
      </IconButton>
      <IconButton
        class="rail-link"
        label={words.rail.replies}
        aria-keyshortcuts={ariaKeys('replies')}
        onClick={() => actions.show('replies')}
      >
        <NoteIcon />
      </IconButton>
      <IconButton
        class="rail-link"
        label={`${words.rail.theme}: ${themeName}`}
        onClick={() => theme.choose(nextTheme[theme.name.peek()])}
      >
        <SettingsIcon />
      </IconButton>
      <IconButton
        class="rail-link"
        label={words.rail.shortcuts}
        aria-keyshortcuts={ariaKeys('list2')}
        onClick={() => actions.show('shortcuts')}
      >
        <KeyboardIcon />
      </IconButton>
      <StatusMenu />
    </nav>
  );
}
