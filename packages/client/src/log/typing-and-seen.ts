import type { Clock } from '../platform/environment.ts';

/** A sign of typing is renewed this often; the server ends it 6 s after the last. */
const RENEW_MS = 2_500;
/** Nobody has touched a key for this long. */
const IDLE_MS = 5_000;

/** [M6] Says that somebody types here, no more often than is of use, and that it is over. */
export function createTypingSigns(clock: Clock, send: (active: boolean) => void) {
  let sentAt: number | undefined;
  let stopIdle: (() => void) | undefined;

  const forget = () => {
    sentAt = undefined;
    stopIdle?.();
    stopIdle = undefined;
  };
  const end = () => {
    const was = sentAt !== undefined;
    forget();
    if (was) send(false);
  };
  return {
    set(active: boolean): void {
      if (!active) {
        end();
        return;
      }
      stopIdle?.();
      stopIdle = clock.after(IDLE_MS, end);
      if (sentAt !== undefined && clock.now() - sentAt < RENEW_MS) return;
      sentAt = clock.now();
      send(true);
    },
    /** A message was sent, which ends it for the other side as well; or the connection is gone. */
    forget,
  };
}

/** What was seen is told this often at most. */
const SEEN_MS = 1_000;

/** Tells the other side how far this one has read: the newest number, coalesced. */
export function createSeenSigns(clock: Clock, send: (seq: number) => void) {
  let sent = 0;
  let wanted = 0;
  let stopPause: (() => void) | undefined;

  const pump = () => {
    if (stopPause !== undefined || wanted <= sent) return;
    sent = wanted;
    send(wanted);
    stopPause = clock.after(SEEN_MS, () => {
      stopPause = undefined;
      pump();
    });
  };
  return {
    tell(seq: number): void {
      wanted = Math.max(wanted, seq);
      pump();
    },
    /** What was told before counts no more: the connection is a new one. */
    stop(): void {
      stopPause?.();
      stopPause = undefined;
      wanted = 0;
      sent = 0;
    },
  };
}
