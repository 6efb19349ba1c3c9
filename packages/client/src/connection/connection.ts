import type { AckOf, ClientEventName, ClientEvents, PayloadInputOf, Refusal } from '@baton/contracts';
import type { ConnectionState } from '../log/types.ts';
import type { Clock } from '../platform/environment.ts';
import { createBackoff } from './backoff.ts';
import {
  ANSWER_MS,
  BLINK_MS,
  DISMISSED_MS,
  DRAIN_SLACK_MS,
  FIRST_MS,
  RECONNECT,
  REPEAT,
  RETRY_WITHIN_MS,
} from './timing.ts';
import type { Incoming, Transport } from './transport.ts';

/** What came of saying who we are. `ready`: go on. `again`: try again soon. `stop`: there is no point in trying. */
export type IdentifyOutcome = 'ready' | 'again' | 'stop';

/**
 * Keeps the connection to a gateway: opens the transport, identifies on each new connection, and tells when requests
 * may be sent. A gateway that drains, and any loss shorter than BLINK_MS, is not shown.
 */
export function createConnection(options: {
  transport: Transport;
  clock: Clock;
  identify: () => Promise<IdentifyOutcome>;
  received: (incoming: Incoming) => void;
  /** `state` or `ready` has changed. */
  changed: () => void;
}) {
  const { transport, clock } = options;
  const backoff = createBackoff(clock, RECONNECT);
  const waiters = new Set<(ready: boolean) => void>();
  let state: ConnectionState = 'connecting';
  let opened = false;
  let up = false;
  let ready = false;
  /** Raised by every loss, so that what was begun on an older connection is known as such. */
  let generation = 0;
  let identifying = false;
  let identifyAgain = false;
  let drainingUntil = 0;
  /** How far ahead the server's clock is. */
  let ahead = 0;
  let stopOfflineTimer: (() => void) | undefined;
  let stopRetry: (() => void) | undefined;

  const show = (next: ConnectionState) => {
    if (state === next) return;
    state = next;
    options.changed();
  };
  const showOfflineAfter = (milliseconds: number) => {
    stopOfflineTimer ??= clock.after(milliseconds, () => {
      stopOfflineTimer = undefined;
      show('offline');
    });
  };
  const stopRetrying = () => {
    stopRetry?.();
    stopRetry = undefined;
  };
  const stopTimers = () => {
    stopOfflineTimer?.();
    stopOfflineTimer = undefined;
    stopRetrying();
  };
  /** What was begun before is of no use any more. */
  const lose = () => {
    up = false;
    ready = false;
    generation++;
    stopRetrying();
  };
  const settle = (isReady: boolean) => {
    ready = isReady;
    stopTimers();
    backoff.reset();
    show('online');
    options.changed();
    for (const wake of [...waiters]) wake(isReady);
  };

  const identify = async (): Promise<void> => {
    if (identifying) {
      identifyAgain = true;
      return;
    }
    if (!up) return;
    identifying = true;
    identifyAgain = false;
    stopRetrying();
    const mine = generation;
    const outcome = await options.identify();
    identifying = false;
    if (mine !== generation) {
      if (up) await identify();
    } else if (outcome === 'again') {
      stopRetry = clock.after(backoff.next(), () => void identify());
    } else {
      settle(outcome === 'ready');
      if (identifyAgain) await identify();
    }
  };

  const listener = {
    up() {
      up = true;
      generation++;
      void identify();
    },
    down(dismissed: boolean) {
      lose();
      if (!opened) return;
      showOfflineAfter(Math.max(BLINK_MS, drainingUntil - clock.now()));
      options.changed();
      if (dismissed) stopRetry = clock.after(DISMISSED_MS * (1 + clock.random()), () => transport.open(listener));
    },
    received(incoming: Incoming) {
      if (!opened) return;
      if (incoming.event === 'server:time') {
        ahead = Date.parse(incoming.payload.now) - clock.now();
        options.changed();
      } else if (incoming.event === 'server:draining')
        drainingUntil = clock.now() + incoming.payload.withinMs + DRAIN_SLACK_MS;
      else options.received(incoming);
    },
  };

  const untilReady = (withinMs: number): Promise<boolean> => {
    if (ready || !opened || withinMs <= 0) return Promise.resolve(ready);
    return new Promise((resolve) => {
      const wake = (isReady: boolean) => {
        stop();
        waiters.delete(wake);
        resolve(isReady);
      };
      const stop = clock.after(withinMs, () => wake(false));
      waiters.add(wake);
    });
  };
  const pause = (milliseconds: number) => new Promise<void>((resolve) => void clock.after(milliseconds, resolve));

  return {
    get state() {
      return state;
    },
    /** Connected, and the server knows who we are. */
    get ready() {
      return ready;
    },
    get opened() {
      return opened;
    },
    /** By the server's clock, as far as that is known; ours may be wrong by hours. */
    now: (): number => clock.now() + ahead,
    open(): void {
      if (opened) return;
      opened = true;
      showOfflineAfter(FIRST_MS);
      transport.open(listener);
    },
    /** Says again who we are, on the same connection or as soon as there is one; opens it if need be. */
    identifyAgain(): void {
      if (opened) void identify();
      else this.open();
    },
    /** One question on the present connection. */
    request<Name extends ClientEventName>(event: Name, payload: PayloadInputOf<ClientEvents[Name]>) {
      return transport.request(event, payload, ANSWER_MS);
    },
    /** An action of a person: waits a while for the connection, and repeats what was surely not done. */
    async requestWithRetry<Name extends ClientEventName>(
      event: Name,
      payload: PayloadInputOf<ClientEvents[Name]>,
    ): Promise<AckOf<ClientEvents[Name]> | Refusal> {
      const deadline = clock.now() + RETRY_WITHIN_MS;
      const tries = createBackoff(clock, REPEAT);
      for (;;) {
        if (!(await untilReady(deadline - clock.now()))) return notConnected;
        const reply = await transport.request(event, payload, ANSWER_MS);
        if (reply.ok || (reply.code !== 'UNAVAILABLE' && reply.code !== 'DRAINING')) return reply;
        const wait = tries.next();
        if (clock.now() + wait >= deadline) return reply;
        await pause(wait);
      }
    },
    close(): void {
      opened = false;
      lose();
      stopTimers();
      transport.close();
      for (const wake of [...waiters]) wake(false);
      show('offline');
    },
  };
}
export type Connection = ReturnType<typeof createConnection>;

export const notConnected: Refusal = {
  ok: false,
  code: 'UNAVAILABLE',
  message: 'There is no connection at the moment. Try again when it is back.',
};
