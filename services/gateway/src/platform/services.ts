import { aiApi, queueApi, sessionApi } from '@baton/contracts';
import { connectBus, type Parts } from '@baton/runtime';
import type { GatewayConfig } from '../config.ts';

/** NATS, and the other services behind it. */
export async function connectServices({
  config,
  instance,
  log,
  metrics,
}: Pick<Parts<GatewayConfig>, 'config' | 'instance' | 'log' | 'metrics'>) {
  const onReconnect: (() => void)[] = [];
  const bus = await connectBus({
    service: 'gateway',
    config,
    instance,
    log,
    metrics,
    onReconnect: () => {
      for (const react of onReconnect) react();
    },
  });
  return {
    bus,
    session: bus.caller(sessionApi),
    queue: bus.caller(queueApi),
    ai: bus.caller(aiApi),
    checkNats: bus.flush,
    onReconnect: (...react: (() => void)[]): void => void onReconnect.push(...react),
  };
}
