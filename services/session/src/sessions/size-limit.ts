import { type Log, throttled } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideTooLong } from '../control/system-decisions.ts';

/** The size of a log: its entries, and the bytes of their text. */
interface LogSize {
  entries: number;
  bytes: number;
}

export interface SizeLimit {
  /** Notes the size of a log that has grown. Returns immediately. */
  grown(sessionId: string, size: LogSize): void;
  /** Resolves when nothing is in flight. */
  settled(): Promise<void>;
}

/**
 * [S6] Ends sessions whose log has grown too long: loading one costs as much as loading a thousand others. The customer
 * is told why, and may start another. Every append returns the size, so no log is read to measure it.
 */
export function createSizeLimit(options: { control: Pick<Control, 'change'>; maxSize: LogSize; log: Log }): SizeLimit {
  const { control, maxSize, log } = options;
  const inFlight = new Map<string, Promise<void>>();

  const end = async (sessionId: string, size: LogSize): Promise<void> => {
    const result = await control.change(sessionId, decideTooLong);
    if (result?.kind === 'changed') log.info({ sessionId, ...size }, 'a session that had become too long was ended');
  };

  return {
    grown(sessionId, size) {
      const isTooLong = size.entries > maxSize.entries || size.bytes > maxSize.bytes;
      if (!isTooLong || inFlight.has(sessionId)) return;
      const ending = end(sessionId, size)
        // The next message tries again.
        .catch((error: unknown) =>
          throttled(log).warn(sessionId, { err: error, sessionId }, 'a session that is too long could not be ended'),
        )
        .finally(() => inFlight.delete(sessionId));
      inFlight.set(sessionId, ending);
    },
    async settled() {
      await Promise.allSettled(inFlight.values());
    },
  };
}
