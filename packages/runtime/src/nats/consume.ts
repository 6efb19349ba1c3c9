import {
  type Channel,
  type ChannelPayload,
  channelNamed,
  eventConsumers,
  kindOf,
  type Subjects,
  subjectOf,
} from '@baton/contracts';
import {
  AckPolicy,
  ConsumerEvents,
  DeliverPolicy,
  DiscardPolicy,
  type JsMsg,
  type NatsConnection,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
import { afterPollPhase } from '../concurrency/after-poll-phase.ts';
import { inTrace, TRACE_HEADER } from '../observability/trace.ts';
import type { Wire } from './bus-context.ts';
import { decode, hasTypesOf } from './payload.ts';

/** Events need not be kept for long: reconcilers are what is relied on. */
const MAX_AGE_MS = 3_600_000;
const DEDUPLICATION_MS = 120_000;
/** An event that a consumer has neither handled nor refused by then is delivered again: its process is gone. */
const ACK_WAIT_MS = 30_000;
const MAX_DELIVERIES = 5;
/** An event whose handler failed is delivered again after this time. */
const REDELIVER_AFTER_MS = 1_000;
/** Between attempts to read from the stream while it is away. */
const RETRY_MS = 1_000;

/** What is missing is told by the requests themselves; only an operator may ask for the account's limits. */
const managerOf = (nats: NatsConnection) => nats.jetstreamManager({ checkAPI: false });

/**
 * Creates the stream and the consumers of all services, or brings them up to date. Safe to repeat and to race. One
 * service does it, and no other may: a consumer can have NATS publish to any subject. [S4]
 */
export async function ensureEvents(nats: NatsConnection, subjects: Subjects): Promise<void> {
  await ensureStream(nats, subjects);
  for (const [durable, name] of Object.entries(eventConsumers))
    await ensureConsumer(nats, subjects, channelNamed(name), durable);
}

/** The same where one of them is gone, such as after a NATS was lost with its data. */
export async function restoreEvents(nats: NatsConnection, subjects: Subjects): Promise<void> {
  const manager = await managerOf(nats);
  try {
    for (const durable of Object.keys(eventConsumers)) await manager.consumers.info(subjects.stream, durable);
  } catch (error) {
    if (!(error instanceof NatsError && error.isJetStreamError())) throw error;
    await ensureEvents(nats, subjects);
  }
}

async function ensureConsumer(
  nats: NatsConnection,
  subjects: Subjects,
  channel: Channel,
  durable: string,
): Promise<void> {
  const manager = await managerOf(nats);
  await manager.consumers.add(subjects.stream, {
    durable_name: durable,
    filter_subject: subjectOf(subjects.root, channel, {}),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.New,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: MAX_DELIVERIES,
  });
}

async function ensureStream(nats: NatsConnection, subjects: Subjects): Promise<void> {
  const manager = await managerOf(nats);
  const config = {
    subjects: [`${subjects.root}.event.>`],
    max_age: nanos(MAX_AGE_MS),
    duplicate_window: nanos(DEDUPLICATION_MS),
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

export interface ConsumeOptions<C extends Channel> {
  /** Name of the durable consumer: one for each purpose. Its instances share the events. */
  durable: string;
  /** Events handled at once. */
  concurrency?: number;
  handle: (event: ChannelPayload<C>) => Promise<void>;
}

/**
 * Works through the events of a channel. A consumer that is gone is waited for until the service that keeps the events
 * has made it again; a program that is no service makes its own. A handler that throws has its event delivered again,
 * five times at most. `leave` waits until what was begun is done.
 */
export type Consume = <C extends Channel & { delivery: 'event' }>(
  channel: C,
  options: ConsumeOptions<C>,
) => { leave(): Promise<void> };

export function createConsume(wire: Wire): Consume {
  const { nats, subjects, allowed, log } = wire;
  return (channel, { durable, handle, concurrency = 16 }) => {
    allowed.consume(channel, durable);
    const fits = hasTypesOf(channel.payload);
    const [first] = channel.subject.split('.');
    const span = `${first} ${kindOf(channel.subject)}`;
    const inFlight = new Set<Promise<void>>();
    let stopped = false;
    let stopMessages: (() => void) | undefined;
    let wake: (() => void) | undefined;

    const handleInTrace = async (message: JsMsg) => {
      const event = decode(message.data);
      // It would not fit the next time either.
      if (!fits(event)) return wire.skip(channel, message.subject);
      // Of the types that the contract says.
      await handle(event as ChannelPayload<typeof channel>);
      if (log.isLevelEnabled('debug')) log.debug({ durable, subject: message.subject }, 'an event was handled');
    };
    const handleOne = async (message: JsMsg) => {
      try {
        await inTrace(message.headers?.get(TRACE_HEADER), () => handleInTrace(message), span, 'consumer');
        await afterPollPhase();
        message.ack();
      } catch (error) {
        log.error({ err: error, durable, subject: message.subject }, 'an event could not be handled; it comes again');
        message.nak(REDELIVER_AFTER_MS);
      }
    };

    const consume = async () => {
      if (allowed.createsConsumers) {
        await ensureStream(nats, subjects);
        await ensureConsumer(nats, subjects, channel, durable);
      }
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
          if (!stopped) log.warn({ durable }, 'the consumer of events is gone; waiting for it');
        } catch (error) {
          if (stopped || nats.isClosed()) return;
          log.warn({ err: error, durable }, 'events cannot be consumed now; trying again');
        }
        if (!stopped) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, RETRY_MS);
          });
        }
      }
    })();

    return {
      async leave() {
        stopped = true;
        stopMessages?.();
        wake?.();
        await running;
        await Promise.allSettled(inFlight);
      },
    };
  };
}
