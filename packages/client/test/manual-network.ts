import type { AckOf, ClientEventName, ClientEvents, PayloadInputOf, Reply } from '@baton/contracts';
import type { Clock, Incoming, Transport, TransportListener } from '../src/index.ts';
import { settled } from './manual-clock.ts';

/** The server's end of one connection. */
export interface ServerEnd {
  readonly open: boolean;
  emit: (incoming: Incoming) => void;
  /** The server ends the connection on purpose. */
  dismiss: () => void;
}

export interface FakeServer {
  connected: (end: ServerEnd) => void;
  answer: (end: ServerEnd, event: ClientEventName, payload: unknown) => Reply<unknown>;
  gone: (end: ServerEnd) => void;
}

interface Connected extends ServerEnd {
  open: boolean;
  frames: Frame[];
  pending: Set<() => void>;
}

interface Frame {
  deliver: () => void;
}

/**
 * A network that the test drives: nothing arrives before it is delivered, and frames may be lost, doubled or overtaken,
 * which real ones do only between connections.
 */
export function manualNetwork(clock: Clock, server: FakeServer) {
  const lines = new Set<ReturnType<typeof line>>();

  function line() {
    let listener: TransportListener | undefined;
    let end: Connected | undefined;

    const up = () => {
      if (listener === undefined || end !== undefined) return;
      const frames: Frame[] = [];
      const mine: Connected = {
        frames,
        open: true,
        pending: new Set<() => void>(),
        emit: (incoming: Incoming) => {
          // What crosses a wire is a copy.
          const copy = structuredClone(incoming);
          if (mine.open) frames.push({ deliver: () => mine.open && listener?.received(structuredClone(copy)) });
        },
        dismiss: () => down(true),
      };
      end = mine;
      server.connected(mine);
      listener.up();
    };
    const down = (dismissed = false) => {
      const mine = end;
      if (mine === undefined) return;
      end = undefined;
      mine.open = false;
      server.gone(mine);
      for (const fail of [...mine.pending]) fail();
      listener?.down(dismissed);
    };
    const transport: Transport = {
      open(newListener) {
        listener = newListener;
      },
      request<Name extends ClientEventName>(
        event: Name,
        payload: PayloadInputOf<ClientEvents[Name]>,
        timeoutMs: number,
      ) {
        return new Promise<AckOf<ClientEvents[Name]>>((resolve) => {
          const mine = end;
          if (mine === undefined) return resolve({ ok: false, code: 'UNAVAILABLE', message: 'no connection' });
          const settle = (reply: Reply<unknown>) => {
            stop();
            mine.pending.delete(fail);
            // The fake server answers as the contract says.
            resolve(reply as AckOf<ClientEvents[Name]>);
          };
          const fail = () => settle({ ok: false, code: 'TIMEOUT', message: 'no answer' });
          const stop = clock.after(timeoutMs, fail);
          mine.pending.add(fail);
          const sent = structuredClone(payload);
          mine.frames.push({
            deliver: () => {
              if (!mine.open) return;
              const reply = structuredClone(server.answer(mine, event, sent));
              mine.frames.push({ deliver: () => mine.open && settle(reply) });
            },
          });
        });
      },
      close() {
        listener = undefined;
        down();
      },
    };
    return {
      transport,
      up,
      down: () => down(),
      get isUp() {
        return end !== undefined;
      },
      get frames() {
        return end?.frames ?? [];
      },
    };
  }

  return {
    line() {
      const made = line();
      lines.add(made);
      return made;
    },
    /** Delivers everything in order, and what follows from it. */
    async deliver(): Promise<void> {
      for (;;) {
        await settled();
        const busy = [...lines].find(({ frames }) => frames.length > 0);
        if (busy === undefined) return;
        busy.frames.shift()?.deliver();
      }
    },
  };
}
export type ManualNetwork = ReturnType<typeof manualNetwork>;
export type Line = ReturnType<ManualNetwork['line']>;
