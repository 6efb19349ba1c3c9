import { type ControlEvent, channels, type EventKind, type Subjects } from '@baton/contracts';
import { headers, type NatsConnection } from 'nats';
import type { Log } from '../observability/logger.ts';
import { TRACE_HEADER, traceparent } from '../observability/trace.ts';
import { createBus } from './bus.ts';
import { ensureStream } from './consume.ts';

const encoder = new TextEncoder();

interface EventPayloads {
  control: ControlEvent;
}

/**
 * Announces what was committed. Nobody waits for the stream's acknowledgement: a lost announcement costs seconds, until
 * a comparing loop finds what it was about. Doubled ones are dropped by the server within two minutes.
 */
export function createAnnouncer(nats: NatsConnection, subjects: Subjects) {
  return {
    event<Kind extends EventKind>(kind: Kind, payload: EventPayloads[Kind]): void {
      const head = headers();
      head.set('Nats-Msg-Id', `${payload.sessionId}:${payload.seq}`);
      const parent = traceparent();
      if (parent !== undefined) head.set(TRACE_HEADER, parent);
      nats.publish(subjects.event(payload.sessionId, kind), encoder.encode(JSON.stringify(payload)), { headers: head });
    },
    /** Plain NATS: for those who are listening now. `subject` comes from `subjects`. */
    live(subject: string, payload: unknown): void {
      const parent = traceparent();
      const head = parent === undefined ? undefined : headers();
      if (parent !== undefined) head?.set(TRACE_HEADER, parent);
      nats.publish(subject, encoder.encode(JSON.stringify(payload)), head && { headers: head });
    },
  };
}
export type Announcer = ReturnType<typeof createAnnouncer>;

/** As `Bus.consume`, which replaces it. */
export function consumeEvents<Kind extends EventKind>(options: {
  nats: NatsConnection;
  subjects: Subjects;
  durable: string;
  kind: Kind;
  concurrency?: number;
  log: Log;
  handle: (event: EventPayloads[Kind]) => Promise<void>;
}): { stop(): Promise<void> } {
  const { nats, subjects, log, kind, ...rest } = options;
  const consumer = createBus({ nats, root: subjects.root, log }).consume(channels.event[kind], rest);
  return { stop: () => consumer.leave() };
}

export { ensureStream };
