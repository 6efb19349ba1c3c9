import type { MessageEntry } from '@baton/contracts';
import { type Log, throttled } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideTooLong } from '../control/system-decisions.ts';
import type { EntryStore } from '../log/store-postgres.ts';

/** A log is measured about once for this many messages, or this part of its length, and once for this many bytes. */
const MEASURED_EVERY = { messages: 50, part: 1 / 8, bytes: 131_072 };

export interface SizeLimit {
  /** Notes stored messages. Returns immediately. */
  stored(sessionId: string, messages: readonly MessageEntry[]): void;
  /** Resolves when nothing is in flight. */
  settled(): Promise<void>;
}

/**
 * [S6] Ends sessions whose log has grown too long: loading one costs as much as loading a thousand others. The customer
 * is told why, and may start another.
 *
 * Every message has its number, so entries are counted for free. Counting bytes would cost every message something, so
 * a log is measured at random, and a client cannot grow it between two measurements. Measuring reads all of it, so a
 * long log is measured less often: some eight rows are read for each message, however long its log is.
 */
export function createSizeLimit(options: {
  store: Pick<EntryStore, 'measure'>;
  control: Pick<Control, 'change'>;
  maxSize: { entries: number; bytes: number };
  log: Log;
  random?: () => number;
}): SizeLimit {
  const { store, control, maxSize, log, random = Math.random } = options;
  const inFlight = new Map<string, Promise<void>>();

  const check = async (sessionId: string, entries: number): Promise<void> => {
    if (entries <= maxSize.entries && (await store.measure(sessionId)) <= maxSize.bytes) return;
    const result = await control.change(sessionId, decideTooLong);
    if (result?.kind === 'changed') log.info({ sessionId, entries }, 'a session that had become too long was ended');
  };

  return {
    stored(sessionId, messages) {
      const newest = messages.at(-1);
      if (newest === undefined || inFlight.has(sessionId)) return;
      const bytes = messages.reduce((sum, { content }) => sum + content.length, 0);
      const every = Math.max(MEASURED_EVERY.messages, newest.seq * MEASURED_EVERY.part);
      const chance = messages.length / every + bytes / MEASURED_EVERY.bytes;
      if (newest.seq <= maxSize.entries && random() >= chance) return;
      const checking = check(sessionId, newest.seq)
        .catch((error: unknown) =>
          throttled(log).warn(sessionId, { err: error, sessionId }, 'the size of a session could not be measured'),
        )
        .finally(() => inFlight.delete(sessionId));
      inFlight.set(sessionId, checking);
    },
    async settled() {
      await Promise.allSettled(inFlight.values());
    },
  };
}
