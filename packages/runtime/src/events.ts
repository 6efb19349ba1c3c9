import type { ControlEvent, EventKind, Subjects } from '@baton/contracts';
import {
  AckPolicy,
  ConsumerDebugEvents,
  ConsumerEvents,
  DeliverPolicy,
  DiscardPolicy,
  headers,
  type JsMsg,
  type NatsConnection,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
import type { Log } from './log.ts';
import { inTrace, TRACE_HEADER, traceparent } from './trace.ts';
import { endOfTurn } from './turn.ts';

/** What is announced on JetStream is a hint, so it need not be kept for long; the comparing loops are what is relied on. */
const MAX_AGE_MS = 3_600_000;
const DEDUPLICATION_MS = 120_000;
const ACK_WAIT_MS = 30_000;
const encoder = new TextEncoder();

interface EventPayloads {
  control: ControlEvent;
}

/** Creates the stream, or brings its limits up to date. Safe to repeat and to race. */
export async function ensureStream(nats: NatsConnection, subjects: Subjects, replicas = 1): Promise<void> {
  const manager = await nats.jetstreamManager();
  const config = {
    subjects: [`${subjects.root}.event.>`],
    max_age: nanos(MAX_AGE_MS),
    duplicate_window: nanos(DEDUPLICATION_MS),
    num_replicas: replicas,
    discard: DiscardPolicy.Old,
  };
  try {
    await manager.streams.update(subjects.stream, config);
  } catch {
    await manager.streams.add({
      name: subjects.stream,
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      ...config,
    });
  }
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

/**
 * Works through the events of one kind, shared with the other instances by a durable consumer. The consumer, and the
 * stream, are made again when they are gone. A handler that throws has its event delivered again, five times at most.
 */
export function consumeEvents<Kind extends EventKind>(options: {
  nats: NatsConnection;
  subjects: Subjects;
  /** Name of the durable consumer: one for each purpose. */
  durable: string;
  kind: Kind;
  /** Events handled at once. */
  concurrency?: number;
  log: Log;
  handle: (event: EventPayloads[Kind]) => Promise<void>;
}): { stop(): Promise<void> } {
  const { nats, subjects, log, durable } = options;
  const inFlight = new Set<Promise<void>>();
  const concurrency = options.concurrency ?? 16;
  let stopped = false;
  let stopMessages: (() => void) | undefined;
  let wake: (() => void) | undefined;

  const handleInTrace = async (message: JsMsg) => {
    await options.handle(message.json<EventPayloads[Kind]>());
    if (log.isLevelEnabled('debug')) log.debug({ durable, subject: message.subject }, 'an event was handled');
  };
  const handleOne = async (message: JsMsg) => {
    try {
      const parent = message.headers?.get(TRACE_HEADER);
      await inTrace(parent, () => handleInTrace(message), `event ${options.kind}`, 'consumer');
      await endOfTurn();
      message.ack();
    } catch (error) {
      log.error({ err: error, durable, subject: message.subject }, 'an event could not be handled; it comes again');
      message.nak(1_000);
    }
  };

  const consume = async () => {
    await ensureStream(nats, subjects);
    const manager = await nats.jetstreamManager();
    await manager.consumers.add(subjects.stream, {
      durable_name: durable,
      filter_subject: subjects.anyEvent(options.kind),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.New,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: 5,
    });
    const consumer = await nats.jetstream().consumers.get(subjects.stream, durable);
    const messages = await consumer.consume({ max_messages: concurrency * 4 });
    stopMessages = () => messages.stop();
    if (stopped) messages.stop();
    void (async () => {
      for await (const status of await messages.status()) {
        const gone =
          status.type === ConsumerEvents.ConsumerDeleted ||
          status.type === ConsumerEvents.StreamNotFound ||
          status.type === ConsumerEvents.ConsumerNotFound ||
          (status.type === ConsumerEvents.HeartbeatsMissed && Number(status.data) >= 2);
        if (gone) messages.stop();
        else if (status.type === ConsumerDebugEvents.DebugEvent) log.trace({ durable }, 'consumer status');
      }
    })();
    for await (const message of messages) {
      const work = handleOne(message).finally(() => inFlight.delete(work));
      inFlight.add(work);
      if (inFlight.size >= concurrency) await Promise.race(inFlight);
    }
  };

  const running = (async () => {
    while (!stopped) {
      try {
        await consume();
        if (!stopped) log.warn({ durable }, 'the consumer of events is gone; making it again');
      } catch (error) {
        if (stopped || nats.isClosed()) return;
        log.warn({ err: error, durable }, 'events cannot be consumed now; trying again');
      }
      if (!stopped) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 1_000);
        });
      }
    }
  })();

  return {
    async stop() {
      stopped = true;
      stopMessages?.();
      wake?.();
      await running;
      await Promise.allSettled(inFlight);
    },
  };
}
