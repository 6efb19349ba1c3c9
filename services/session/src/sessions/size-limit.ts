import type { MessageEntry } from '@baton/contracts';
import { type Log, throttled } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideTooLong } from '../control/service-decisions.ts';
import type { EntryStore } from '../log/store-postgres.ts';

/** A log is measured about once in so many messages, and once in so many bytes of them. */
const MEASURED_EVERY = { messages: 50, bytes: 131_072 };

export interface SizeLimit {
  /** These messages were stored. Returns at once. */
  stored(sessionId: string, messages: readonly MessageEntry[]): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

/**
 * [S6] Ends sessions whose log has grown beyond what is read in one go: who comes back to one costs as much as a
 * thousand others. Its customer is told why, and may start another.
 *
 * The number of entries is known with each message. Bytes are not counted with each, which would cost every message
 * something; a log is measured now and then, at random, so that nobody can write between two looks.
 */
export function createSizeLimit(options: {
  store: Pick<EntryStore, 'measure'>;
  control: Pick<Control, 'change'>;
  maxSize: { entries: number; bytes: number };
  log: Log;
  random?: () => number;
}): SizeLimit {
  const { store, control, maxSize, log, random = Math.random } = options;
  const underWay = new Map<string, Promise<void>>();

  const look = async (sessionId: string, entries: number): Promise<void> => {
    if (entries <= maxSize.entries && (await store.measure(sessionId)) <= maxSize.bytes) return;
    const result = await control.change(sessionId, decideTooLong);
    if (result?.kind === 'changed') log.info({ sessionId, entries }, 'a chat that had become too long was ended');
  };

  return {
    stored(sessionId, messages) {
      const newest = messages.at(-1);
      if (newest === undefined || underWay.has(sessionId)) return;
      const bytes = messages.reduce((sum, { content }) => sum + content.length, 0);
      const chance = messages.length / MEASURED_EVERY.messages + bytes / MEASURED_EVERY.bytes;
      if (newest.seq <= maxSize.entries && random() >= chance) return;
      const looking = look(sessionId, newest.seq)
        .catch((error: unknown) =>
          throttled(log).warn(sessionId, { err: error, sessionId }, 'the size of a chat could not be looked at'),
        )
        .finally(() => underWay.delete(sessionId));
      underWay.set(sessionId, looking);
    },
    async settled() {
      await Promise.allSettled(underWay.values());
    },
  };
}
