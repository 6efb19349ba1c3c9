import { join } from 'node:path';
import { type OwnServer, type OwnServerOptions, startNats, startPostgres, startRedis } from '@baton/local';
import type { BackendUrls, Missing, Started } from './backend-urls.ts';

const starters: Record<keyof BackendUrls, (folder: string) => Promise<OwnServer>> = {
  databaseUrl: (folder) => startPostgres(options(folder, 'postgres')),
  redisUrl: (folder) => startRedis(options(folder, 'redis'), say),
  natsUrl: (folder) => startNats(options(folder, 'nats'), say),
};

/** Starts the missing servers from this machine's programs, with their data in a temporary folder. */
export async function startLocal(missing: Missing, folder: string): Promise<Started> {
  const results = await Promise.allSettled(missing.map(async (name) => [name, await starters[name](folder)] as const));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(servers.map(([, server]) => server.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    urls: Object.fromEntries(servers.map(([name, server]) => [name, server.url])),
    origin: 'local servers',
    stop,
  };
}

function options(folder: string, name: string): OwnServerOptions {
  return { dir: join(folder, name), logFile: join(folder, `${name}.log`), durable: false, detached: false };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
