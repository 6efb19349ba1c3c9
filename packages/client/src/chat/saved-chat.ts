import { savedOutbox, savedValues } from '../outbox/saved-outbox.ts';
import { type ClientStorage, newId } from '../platform/environment.ts';

/** What of a chat survives a reload. */
export interface SavedChat {
  userId: string;
  /** Of the start that opens it: with it a repeat gives the same chat. */
  startId: string;
  session?: { id: string; token: string };
  seen: number;
  seenByOther: number;
  rating: number | null;
  comment?: string | null;
}

const looksRight = (value: object): boolean =>
  'userId' in value &&
  typeof value.userId === 'string' &&
  'startId' in value &&
  typeof value.startId === 'string' &&
  'seen' in value &&
  typeof value.seen === 'number' &&
  (!('session' in value) ||
    (typeof value.session === 'object' && value.session !== null && 'id' in value.session && 'token' in value.session));

/** One customer's chat in storage. What another customer left there, on the same device, is not theirs to see. [S1] */
export function savedChat(storage: ClientStorage, key: string, userId: string) {
  const values = savedValues(storage);
  const outbox = savedOutbox(values, `${key}.outbox`);
  const forget = () => {
    values.remove(key);
    outbox.clear();
  };
  const load = (): SavedChat | undefined => {
    const found = values.get<SavedChat>(key, looksRight);
    if (found?.userId === userId) return found;
    forget();
    return undefined;
  };
  const fresh = (): SavedChat => ({ userId, startId: newId(), seen: 0, seenByOther: 0, rating: null });
  let current = load() ?? fresh();

  return {
    outbox,
    get current() {
      return current;
    },
    keep(change: Partial<SavedChat>): void {
      current = { ...current, ...change };
      values.set(key, current);
    },
    /** Another page of the same customer may have opened a chat meanwhile, or be about to: that is ours, too. */
    lookAgain(): void {
      if (current.session !== undefined) return;
      current = load() ?? current;
      values.set(key, current);
    },
    /** For a start whose id was used for another. */
    newStart(): void {
      this.keep({ startId: newId() });
    },
    /** Leaves this chat. True when another page has opened another one meanwhile: that is ours now. */
    beginAnew(): boolean {
      const there = load();
      const other = there?.session !== undefined && there.session.id !== current.session?.id;
      if (!other) forget();
      current = there !== undefined && other ? there : fresh();
      return other;
    },
  };
}
export type ChatRecord = ReturnType<typeof savedChat>;
