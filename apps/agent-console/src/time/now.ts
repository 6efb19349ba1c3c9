import { signal } from '@preact/signals';

/**
 * What time it is by the server's clock, which all times that are shown go by: a computer's own may be wrong by hours.
 */
let source = (): number => Date.now();

/**
 * The time, to the second. Texts that show a duration read it. It stands still while nobody can see
 * the page, and is right again at once when somebody does.
 */
export const now = signal(Date.now());

/** From now on the time is this one. */
export function goBy(serverTime: () => number): void {
  source = serverTime;
  now.value = source();
}

export function startClock(): () => void {
  const tick = () => {
    if (!document.hidden) now.value = source();
  };
  const timer = setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}
