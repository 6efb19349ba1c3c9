import { aiApi, queueApi, sessionApi, subjects as subjectsOf } from '@baton/contracts';
import { closeNats, connectNats, createAnnouncer, createCaller, type Parts } from '@baton/runtime';
import type { GatewayConfig } from '../config.ts';

/** NATS, and the other services behind it. */
export async function connectServices({
  config,
  instance,
  log,
}: Pick<Parts<GatewayConfig>, 'config' | 'instance' | 'log'>) {
  const subjects = subjectsOf(config.SUBJECT_ROOT);
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
  return {
    nats,
    subjects,
    session: createCaller(nats, sessionApi, subjects),
    queue: createCaller(nats, queueApi, subjects),
    ai: createCaller(nats, aiApi, subjects),
    announcer: createAnnouncer(nats, subjects),
    checkNats: () => nats.flush(),
    onReconnect: (react: () => void): void => void onReconnect.push(react),
    close: () => closeNats(nats),
  };
}
export type Services = Awaited<ReturnType<typeof connectServices>>;
