import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Notifications } from '../notifications/notifications.ts';
import type { RepliesStore } from '../saved-replies/replies-store.ts';
import type { Theme } from '../shell/theme.ts';
import type { Console } from './console.ts';
import type { Keeper } from './storage.ts';

/** What every part of the console may use. */
export interface Shared {
  console: Console;
  replies: RepliesStore;
  notifications: Notifications;
  theme: Theme;
  keeper: Keeper;
}

const context = createContext<Shared | null>(null);
export const SharedProvider = context.Provider;

export function useShared(): Shared {
  const shared = useContext(context);
  if (shared === null) throw new Error('a part of the console stands outside of it');
  return shared;
}

export const useConsole = (): Console => useShared().console;
