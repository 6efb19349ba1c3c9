import { natsAddress } from '@baton/addresses';
import {
  type Allowed,
  allowedTo,
  everything,
  inboxPrefixOf,
  type ServiceApi,
  type ServiceName,
  subjects as subjectsOf,
} from '@baton/contracts';
import type { NatsConnection } from 'nats';
import { within } from '../concurrency/within.ts';
import type { Log } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { throttled } from '../observability/throttled-log.ts';
import type { CommonConfig } from '../process/config.ts';
import { version } from '../process/version.ts';
import { type Ask, createAsk } from './ask-subscribers.ts';
import { factsOf, type Wire } from './bus-context.ts';
import { type Caller, createCaller } from './caller.ts';
import { closeNats, connectNats } from './connect.ts';
import { type Consume, createConsume, ensureEvents, restoreEvents } from './consume.ts';
import { createPublish, type Publish } from './publish.ts';
import { type Handlers, type Served, serve } from './serve.ts';
import { createSubscribe, type Subscribe, type SubscribeAll } from './subscribe.ts';

/** How services talk to each other. The only way to NATS: nobody else names a subject or reads a message. */
export interface Bus {
  publish: Publish;
  subscribe: Subscribe;
  subscribeAll: SubscribeAll;
  consume: Consume;
  ask: Ask;
  /** The connection itself, for `*-nats.ts` files that do what the bus has no word for. */
  readonly nats: NatsConnection;
  /** Another service, as functions. */
  caller<Api extends ServiceApi>(api: Api): Caller<Api>;
  /** Answers the requests of a contract, shared with the other instances. */
  serve<Api extends ServiceApi>(api: Api, handlers: Handlers<Api>): Promise<Served>;
  /** Creates the stream of events and its consumers, or brings them up to date. */
  ensureEvents(): Promise<void>;
  /** The same where one of them is gone. */
  restoreEvents(): Promise<void>;
  /** A round trip to NATS; while NATS is gone, it waits. */
  flush(): Promise<void>;
  /** Whether NATS answers in time. Then it also has what was subscribed to and published before. */
  answersWithin(milliseconds: number): Promise<boolean>;
  /** Lets what was published leave, and closes. */
  close(): Promise<void>;
}

/** Connects as the settings that all services share say. The bus outlives its server. [O2] */
export async function connectBus(options: {
  /** Does what its row of `serviceAccess` says and nothing more. [S4] */
  service: ServiceName;
  config: Pick<CommonConfig, 'NODE_ENV' | 'NATS_URL' | 'NATS_USER' | 'NATS_PASSWORD' | 'NATS_CA_FILE' | 'SUBJECT_ROOT'>;
  /** How NATS lists the connection. */
  instance: string;
  log: Log;
  metrics?: Metrics;
  /** Called after each reconnect: notifications were missed meanwhile, so reconcile at once. */
  onReconnect?: () => void;
}): Promise<Bus> {
  const { service, config, instance, log, metrics, onReconnect } = options;
  const { NATS_URL: url, NATS_CA_FILE: caFile, NATS_PASSWORD: pass } = config;
  const login = pass === undefined ? undefined : { user: config.NATS_USER ?? service, pass };
  const hasOwnUser = natsAddress(url, caFile, login).user === service;
  if (!hasOwnUser && config.NODE_ENV === 'production')
    log.warn(
      `NATS_URL has no user of its own for ${service}, so it may do what any other service may: docs/security.md`,
    );
  const nats = await connectNats({
    url,
    caFile,
    login,
    // Another user may be allowed the usual inboxes only.
    inboxPrefix: hasOwnUser ? inboxPrefixOf(service) : undefined,
    name: instance,
    log,
    ...(onReconnect && { onReconnect }),
  });
  const allowed = allowedTo(service);
  return createBus({ nats, root: config.SUBJECT_ROOT, allowed, log, ...(metrics && { metrics }) });
}

/** Makes a connection a bus. `metrics` may be left out where nobody reads them, as in tests; a process has one bus. */
export function createBus(options: {
  nats: NatsConnection;
  root?: string;
  /** Everything, unless told. */
  allowed?: Allowed;
  log: Log;
  metrics?: Metrics;
}): Bus {
  const { nats, allowed = everything, log, metrics } = options;
  const subjects = subjectsOf(options.root);
  const skipped = metrics?.counter('baton_messages_skipped_total', 'Messages that did not fit their channel', [
    'channel',
  ]);
  const unsent = metrics?.counter('baton_messages_unsent_total', 'Messages that could not be published', ['channel']);
  let late: Promise<boolean> | undefined;

  /** Each call flushes anew, so that it covers what this caller has just subscribed or published. */
  const answersWithin = async (milliseconds: number) => {
    const deadline = performance.now() + milliseconds;
    // NATS is gone: further flushes would only pile up behind the one that is late.
    if (late !== undefined && (await within(milliseconds, late)) === undefined) return false;
    const flushed = nats.flush().then(
      () => true,
      () => false,
    );
    const answer = await within(deadline - performance.now(), flushed);
    if (answer !== undefined) return answer;
    late = flushed;
    void flushed.then(() => {
      late = undefined;
    });
    return false;
  };
  const wire: Wire = {
    nats,
    root: subjects.root,
    subjects,
    allowed,
    log,
    skip(channel, subject) {
      skipped?.inc({ channel: channel.subject });
      throttled(log).error(subject, factsOf(channel, subject), 'a message does not fit its channel; it is skipped');
    },
    unsent: (channel) => unsent?.inc({ channel: channel.subject }),
    answersWithin,
  };
  return {
    nats,
    publish: createPublish(wire),
    ...createSubscribe(wire),
    consume: createConsume(wire),
    ask: createAsk(wire),
    caller: (api) => createCaller(nats, api, subjects, allowed),
    serve: (api, handlers) => {
      allowed.offer(api.name);
      if (metrics === undefined) throw new TypeError('a bus that serves requests needs metrics');
      return serve({ nats, api, handlers, subjects, version, log, metrics });
    },
    ensureEvents: async () => {
      allowed.keepEvents();
      await ensureEvents(nats, subjects);
    },
    restoreEvents: async () => {
      allowed.keepEvents();
      await restoreEvents(nats, subjects);
    },
    flush: () => nats.flush(),
    answersWithin,
    close: () => closeNats(nats),
  };
}
