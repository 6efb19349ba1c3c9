import { connect, DebugEvents, Events, type NatsConnection } from 'nats';
import type { Log } from './log.ts';

/**
 * A connection that outlives its server: it waits for the first connect, then reconnects for ever, and notices a
 * frozen server within about 20 s. [O2]
 */
export async function connectNats(options: {
  url: string;
  name: string;
  log: Log;
  /** Called after each reconnect: what was announced meanwhile was missed, so compare at once. */
  onReconnect?: () => void;
}): Promise<NatsConnection> {
  const { log } = options;
  const connection = await connect({
    ...endpointOf(options.url),
    name: options.name,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 500,
    pingInterval: 10_000,
    maxPingOut: 2,
    // They would cost a stack trace for every request, whether or not it fails.
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
  });
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

/** Credentials in the URL are given to the client apart from it, as it does not read them from there. */
function endpointOf(url: string) {
  const parsed = new URL(url);
  const servers = `${parsed.hostname}:${parsed.port || '4222'}`;
  const tls = parsed.protocol === 'tls:' ? { tls: {} } : {};
  if (parsed.username === '') return { servers, ...tls };
  const user = decodeURIComponent(parsed.username);
  return parsed.password === ''
    ? { servers, token: user, ...tls }
    : { servers, user, pass: decodeURIComponent(parsed.password), ...tls };
}
