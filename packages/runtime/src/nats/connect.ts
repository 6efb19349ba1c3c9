import { type NatsLogin, natsAddress } from '@baton/addresses';
import { connect, DebugEvents, Events, type NatsConnection } from 'nats';
import { within } from '../concurrency/within.ts';
import type { Log } from '../observability/logger.ts';
import { useInboxPrefix } from './request-inbox.ts';

/**
 * A connection that outlives its server: it waits for the first connect, then reconnects for ever, and notices a
 * frozen server within about 20 s. [O2]
 */
export async function connectNats(options: {
  /** One server or several of one cluster; see `natsAddress`. */
  url: string;
  caFile?: string | undefined;
  /** Used where the URL has none. */
  login?: NatsLogin | undefined;
  /** The inboxes that this user may listen on; those of every user unless told. */
  inboxPrefix?: string | undefined;
  name: string;
  log: Log;
  /** Called after each reconnect: notifications were missed meanwhile, so reconcile at once. */
  onReconnect?: () => void;
}): Promise<NatsConnection> {
  const { log } = options;
  const connection = await connect({
    ...natsAddress(options.url, options.caFile, options.login),
    ...(options.inboxPrefix !== undefined && { inboxPrefix: options.inboxPrefix }),
    name: options.name,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 500,
    pingInterval: 10_000,
    maxPingOut: 2,
    // With asynchronous traces, each request would capture a stack, whether or not it fails.
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
  });
  if (options.inboxPrefix !== undefined) useInboxPrefix(connection, options.inboxPrefix);
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === Events.Disconnect) log.warn('NATS is gone; reconnecting');
      else if (status.type === Events.Reconnect) {
        log.info('NATS is back');
        options.onReconnect?.();
      } else if (status.type === Events.Error) log.error({ detail: String(status.data) }, 'NATS reports an error');
      else if (status.type === DebugEvents.StaleConnection) log.warn('NATS does not answer; reconnecting');
    }
  })();
  return connection;
}

/** How long a stop waits for what was published to leave. */
const DRAIN_WITHIN_MS = 2_000;

/** Lets what was published leave, and closes. A server that is gone is not waited for. */
export async function closeNats(nats: NatsConnection): Promise<void> {
  // Without a server, the client's drain waits until there is one again.
  await within(
    DRAIN_WITHIN_MS,
    nats.drain().catch(() => {}),
  );
  await nats.close();
}
