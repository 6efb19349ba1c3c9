import { aiApi, queueApi, sessionApi } from '@baton/contracts';
import { connectNats, createBus, type Parts } from '@baton/runtime';
import type { GatewayConfig } from '../config.ts';

/** NATS, and the other services behind it. */
export async function connectServices({
  config,
  instance,
  log,
  metrics,
}: Pick<Parts<GatewayConfig>, 'config' | 'instance' | 'log' | 'metrics'>) {
  const onReconnect: (() => void)[] = [];
  const nats = await connectNats({
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    name: instance,
    log,
    onReconnect: () => {
      for (const react of onReconnect) react();
    },
  });
  const bus = createBus({ nats, root: config.SUBJECT_ROOT, log, metrics });
  return {
    bus,
    session: bus.caller(sessionApi),
    queue: bus.caller(queueApi),
    ai: bus.caller(aiApi),
    checkNats: bus.flush,
    onReconnect: (...react: (() => void)[]): void => void onReconnect.push(...react),
  };
}
