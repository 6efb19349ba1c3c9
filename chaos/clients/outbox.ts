import type { Send, Told } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import { type Connection, LOST, type Reply } from './connection.ts';

/** Refusals after which a message is given up: repeating it would change nothing. */
const FINAL = new Set(['SESSION_CLOSED', 'NOT_FOUND', 'NOT_ASSIGNED', 'STALE_EPOCH', 'ID_REUSED', 'VALIDATION_FAILED']);

/** How a good client takes an answer to a send. */
export function tell(recorder: Recorder, send: Send, event: string, reply: Reply): boolean {
  const at = Date.now();
  const told: Told = reply.ok
    ? { ok: true, at, seq: reply.value.message.seq, id: reply.value.message.id, repeated: reply.value.repeated }
    : { ok: false, at, code: reply.code };
  send.told.push(told);
  recorder.answered(send.client, event, reply);
  const settled = reply.ok || FINAL.has(reply.code);
  if (settled) recorder.settled(send);
  return settled;
}

/** What a client has said in one session and does not know to be stored: sent in order, and again until it is. [M2] */
export function createOutbox(options: { recorder: Recorder; event: string; window: number }) {
  const { recorder, event } = options;
  let waiting: Send[] = [];
  return {
    get empty() {
      return waiting.length === 0;
    },
    add: (send: Send) => void waiting.push(send),
    clear: () => {
      for (const send of waiting) recorder.settled(send);
      waiting = [];
    },
    /**
     * Sends what waits, some at once. False when something has still to be sent again.
     * @param hook called when the first part is on its way
     */
    async flush(connection: Connection, hook?: () => void): Promise<boolean> {
      while (waiting.length > 0 && connection.up) {
        const batch = waiting.slice(0, options.window);
        const asked = batch.map((send) =>
          connection.ask(event, {
            sessionId: send.sessionId,
            content: send.content,
            clientMessageId: send.clientMessageId,
            ...(send.epoch !== undefined && { epoch: send.epoch }),
          }),
        );
        hook?.();
        const replies = await Promise.all(asked);
        const open = batch.filter(
          (send, index) => !tell(recorder, send, event, replies[index] ?? { ok: false, code: LOST }),
        );
        const sent = new Set(batch);
        waiting = [...open, ...waiting.filter((send) => !sent.has(send))];
        if (open.length > 0) return false;
      }
      return waiting.length === 0;
    },
  };
}
export type Outbox = ReturnType<typeof createOutbox>;
