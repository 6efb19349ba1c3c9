import type { MessageEntry, Reply } from '@baton/contracts';
import { createBackoff } from '../connection/backoff.ts';
import { kindOf, problemOf } from '../connection/refusal-kinds.ts';
import { RECONNECT } from '../connection/timing.ts';
import type { Problem, UnsentMessage } from '../log/types.ts';
import type { Clock } from '../platform/environment.ts';

/** Tries of one message that end in a fault of the server, before it is given up. */
const MAX_FAULTS = 5;

/**
 * [M1] [M2] [M3] Empties an outbox: the oldest message first, one under way at a time, each repeated with its id until
 * it is acknowledged or refused for good. So a message is stored once, and messages in the order in which they were
 * written.
 */
export function createSender(options: {
  clock: Clock;
  /** Whether the server knows who we are and would take a message. */
  ready: () => boolean;
  next: () => UnsentMessage | undefined;
  send: (message: UnsentMessage) => Promise<Reply<{ message: MessageEntry }>>;
  stored: (entry: MessageEntry) => void;
  refused: (clientMessageId: string, problem: Problem) => void;
  /** The server does not know this chat on this connection: say again who we are. */
  unknown: () => void;
}) {
  const { clock } = options;
  const backoff = createBackoff(clock, RECONNECT);
  let underWay = false;
  let stopPause: (() => void) | undefined;
  let stopped = false;
  /** Of the message that is next: what did not help so far. */
  let tried: { id: string; faults: number; introduced: boolean } | undefined;

  const pauseThenPump = () => {
    stopPause = clock.after(backoff.next(), () => {
      stopPause = undefined;
      pump();
    });
  };
  const triesOf = (id: string) => {
    if (tried?.id !== id) tried = { id, faults: 0, introduced: false };
    return tried;
  };
  const settle = (clientMessageId: string, reply: Reply<{ message: MessageEntry }>) => {
    if (reply.ok) {
      backoff.reset();
      options.stored(reply.value.message);
      return pump();
    }
    const tries = triesOf(clientMessageId);
    const kind = kindOf(reply.code);
    if (kind === 'passing') return pauseThenPump();
    if (kind === 'strange' && !tries.introduced) {
      tries.introduced = true;
      options.unknown();
      return pauseThenPump();
    }
    if (kind === 'fault' && ++tries.faults < MAX_FAULTS) return pauseThenPump();
    options.refused(clientMessageId, problemOf(reply));
    pump();
  };

  /** Sends what is next, unless one is under way, or the last try was a moment ago. */
  const pump = (): void => {
    if (stopped || underWay || stopPause !== undefined || !options.ready()) return;
    const message = options.next();
    if (message === undefined) return;
    underWay = true;
    void options.send(message).then((reply) => {
      underWay = false;
      if (!stopped) settle(message.clientMessageId, reply);
    });
  };

  return {
    pump,
    /** There is a new connection: no reason to wait any longer. */
    now(): void {
      stopPause?.();
      stopPause = undefined;
      backoff.reset();
      pump();
    },
    stop(): void {
      stopped = true;
      stopPause?.();
    },
  };
}
