import { effect, signal } from '@preact/signals';
import type { Keeper } from '../console/storage.ts';

export type ThemeName = 'system' | 'light' | 'dark';
const KEY = 'baton.theme';

/** The colours: as the system has them, unless the reader chose. */
export function createTheme(keeper: Keeper) {
  const kept = keeper.read(KEY);
  const name = signal<ThemeName>(kept === 'light' || kept === 'dark' ? kept : 'system');
  effect(() => {
    if (name.value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name.value;
  });
  return {
    name,
    choose(next: ThemeName): void {
      name.value = next;
      keeper.write(KEY, next === 'system' ? null : next);
    },
  };
}
export type Theme = ReturnType<typeof createTheme>;
