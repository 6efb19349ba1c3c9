import { signal } from '@preact/signals';

/**
 * The time, to the second. Whoever shows how long something has lasted reads it. It stands still while nobody can see
 * the page, and is right again at once when somebody does.
 */
export const now = signal(Date.now());

export function startClock(): () => void {
  const tick = () => {
    if (!document.hidden) now.value = Date.now();
  };
  const timer = setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}
