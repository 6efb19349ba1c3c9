import { type ReadonlySignal, signal } from '@preact/signals';
import type { Keeper } from '../console/storage.ts';
import type { Notice } from './notices.ts';

const KEY = 'baton.console.notify';

/** `ask`: the browser would ask. `on`, `off`: allowed, and wanted or not. `blocked`: the browser says no. */
export type NotifyState = 'ask' | 'on' | 'off' | 'blocked';

/**
 * Notifications of the desktop, for when the page is not looked at. Nothing is asked until the agent presses a button.
 */
export function createNotifications(keeper: Keeper, open: (sessionId: string | null) => void) {
  const here = 'Notification' in globalThis;
  const look = (): NotifyState => {
    if (!here || Notification.permission === 'denied') return 'blocked';
    if (Notification.permission === 'default') return 'ask';
    return keeper.read(KEY) === 'off' ? 'off' : 'on';
  };
  const state = signal<NotifyState>(look());
  return {
    state: state as ReadonlySignal<NotifyState>,
    async toggle(): Promise<NotifyState> {
      if (here && Notification.permission === 'default') await Notification.requestPermission();
      else keeper.write(KEY, state.peek() === 'on' ? 'off' : null);
      state.value = look();
      return state.value;
    },
    show(notices: readonly Notice[]): void {
      if (state.peek() !== 'on' || (!document.hidden && document.hasFocus())) return;
      for (const { subject, title, body, sessionId } of notices) {
        try {
          const shown = new Notification(title, { body, tag: `baton-${subject}` });
          shown.onclick = () => {
            window.focus();
            open(sessionId);
            shown.close();
          };
        } catch {
          // Some phones know the name and refuse the thing.
          return;
        }
      }
    },
  };
}
export type Notifications = ReturnType<typeof createNotifications>;
