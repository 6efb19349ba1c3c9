import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@baton/testkit';
import { io, type Socket } from 'socket.io-client';

const ACKNOWLEDGED_WITHIN_MS = 10_000;

/** How a message was not acknowledged; no code when no answer came. */
export interface Refusal {
  code: string | undefined;
  /** When it was written, and how long it took until its writer knew. */
  at: number;
  ms: number;
}

/** A customer that writes, one message after the other, each until it is acknowledged, and remembers those. */
export interface Writer {
  sessionId: string;
  acknowledged: string[];
  refusals: readonly Refusal[];
  /** Resolves when a message that is written from now on was acknowledged. */
  next: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function startWriter(url: string, userId: string, padding = 0): Promise<Writer> {
  const socket: Socket = io(url, { reconnectionDelayMax: 1_000, forceNew: true });
  const created = new Promise<{ sessionId: string }>((resolve) => socket.once('session:created', resolve));
  const ask = async (event: string, payload: object) =>
    (await socket
      .timeout(ACKNOWLEDGED_WITHIN_MS)
      .emitWithAck(event, payload)
      .catch(() => undefined)) as { ok: boolean; code?: string } | undefined;
  await ask('customer:start_chat', { userId });
  const { sessionId, token } = (await created) as { sessionId: string; token: string };
  socket.io.on('reconnect', () => void ask('customer:resume_chat', { sessionId, token }));

  const acknowledged: string[] = [];
  const refusals: Refusal[] = [];
  let stopped = false;
  const writing = (async () => {
    for (let n = 1; !stopped; n++) {
      const content = `${userId} ${n} ${'x'.repeat(padding)}`;
      const clientMessageId = `${userId}-${n}`;
      while (!stopped) {
        const at = performance.now();
        const answer = await ask('customer:send_message', { sessionId, content, clientMessageId });
        if (answer?.ok) {
          acknowledged.push(clientMessageId);
          break;
        }
        refusals.push({ code: answer?.code, at, ms: performance.now() - at });
        await pause(200);
      }
    }
  })();
  return {
    sessionId,
    acknowledged,
    refusals,
    next: async () => {
      const before = acknowledged.length;
      // One more than the one that may be under way.
      await until(() => acknowledged.length > before + 1, { within: 60_000, what: `${userId} is acknowledged` });
    },
    stop: async () => {
      stopped = true;
      await writing;
      socket.disconnect();
    },
  };
}
