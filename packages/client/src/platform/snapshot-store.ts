import type { Clock } from './environment.ts';

/** Listeners are called at most this often: a screen shows no more, and catching up on a long log would be slow. */
const PAUSE_MS = 16;

/**
 * A snapshot that is made when somebody looks, and those who want to know of the next. Fields of `build` that are the
 * same object as before do not count as a change.
 */
export function createStore<State extends object>(clock: Clock, build: () => State) {
  const listeners = new Set<(state: State) => void>();
  let state = build();
  let dirty = false;
  let told = state;
  let toldAt = Number.NEGATIVE_INFINITY;
  let scheduled = false;

  const current = (): State => {
    if (!dirty) return state;
    dirty = false;
    const next = build();
    if (differ(state, next)) state = next;
    return state;
  };
  const tell = () => {
    scheduled = false;
    if (current() === told) return;
    told = state;
    toldAt = clock.now();
    for (const listener of [...listeners]) {
      try {
        listener(state);
      } catch (error) {
        // A fault of the page: it is reported as such, and the others are told all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };

  return {
    get state() {
      return current();
    },
    /** Something that `build` reads may have changed. */
    changed(): void {
      dirty = true;
      if (scheduled) return;
      scheduled = true;
      const pause = toldAt + PAUSE_MS - clock.now();
      // Also when the clock was set back.
      if (pause > 0 && pause <= PAUSE_MS) clock.after(pause, tell);
      else queueMicrotask(tell);
    },
    subscribe(listener: (state: State) => void): () => void {
      // The same function may listen twice, and each ends by itself.
      const own = (next: State) => listener(next);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

function differ<State extends object>(before: State, after: State): boolean {
  // Keys of an object are names of its fields.
  return (Object.keys(after) as (keyof State)[]).some((key) => !Object.is(before[key], after[key]));
}
