import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { redisAddress } from '@baton/addresses';
import { type Log, Unavailable } from '@baton/runtime';
import { Redis } from 'ioredis';

/** A command that is not answered within this time fails, so that a frozen Redis does not hold requests. */
const COMMAND_TIMEOUT_MS = 1_500;
/** With commands under way and nothing received for so long, the connection is taken for dead. */
const SILENCE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** After a cut in the middle of a command, how long to wait for Redis to be back before giving up. */
const PATIENCE_MS = 1_000;
/** Answers of a Redis that is there but cannot serve now. */
const NOT_NOW = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|BUSY|MISCONF|OOM|NOAUTH|WRONGPASS|NOREPLICAS) /;

export interface Script {
  lua: string;
  sha: string;
}
/** Reads the scripts in the folder `scripts` beside a module. */
export const luaBeside = (moduleUrl: string) => (name: string) =>
  readFileSync(new URL(`./scripts/${name}.lua`, moduleUrl), 'utf8');
export const scriptOf = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/**
 * A connection that outlives its server: it reconnects for ever. [O2]
 *
 * Commands are refused at once while Redis is gone (no offline queue), and those under way when the connection breaks
 * fail at once (`maxRetriesPerRequest: 0`): nothing is sent again behind our back. `run` repeats a script after a
 * break by itself, which is harmless because scripts that change something carry an operation id.
 */
export function connectRedis(options: {
  url: string;
  password: string | undefined;
  caFile?: string | undefined;
  name: string;
  log: Log;
  /** Called whenever Redis has become usable, also the first time. */
  onReady?: () => void;
}) {
  const { log } = options;
  const address = redisAddress(options.url, options);
  const redis = new Redis(address.url, {
    ...address.options,
    connectionName: options.name,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1_000) * (0.75 + Math.random() / 2),
    // After a failover the old primary may still answer, as a replica.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });

  let lastError = '';
  redis.on('error', (error: Error) => {
    // While Redis is gone each attempt fails alike: once is enough.
    if (error.message !== lastError) log.warn({ detail: error.message }, 'Redis cannot be reached; trying again');
    lastError = error.message;
  });
  redis.on('ready', () => {
    lastError = '';
    log.info('Redis is connected');
    options.onReady?.();
  });
  redis.connect().catch(() => {
    // Reported by the error event; the retry strategy goes on.
  });

  const usable = async (within: number) => {
    for (const deadline = Date.now() + within; redis.status !== 'ready'; ) {
      if (Date.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  };

  const evaluate = async (script: Script, keys: string[], args: (string | number)[]): Promise<unknown> => {
    try {
      return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await redis.eval(script.lua, keys.length, ...keys, ...args);
    }
  };

  return {
    /** Whether commands can be sent now. */
    get ready() {
      return redis.status === 'ready';
    },
    /**
     * Runs a script, and runs it again when the connection broke before its answer came. Every script may run twice: it
     * only reads, is idempotent, or carries an operation id.
     * @throws Unavailable when Redis cannot be reached, does not answer, or cannot serve now.
     */
    async run(script: Script, keys: string[], args: (string | number)[]): Promise<unknown> {
      try {
        return await evaluate(script, keys, args);
      } catch (error) {
        if (!isBroken(error) || !(await usable(PATIENCE_MS))) throw asUnavailable(error);
      }
      return await evaluate(script, keys, args).catch((error: unknown) => {
        throw asUnavailable(error);
      });
    },
    /** @throws Unavailable */
    async ping(): Promise<void> {
      await redis.ping().catch((error: unknown) => {
        throw asUnavailable(error);
      });
    },
    close(): void {
      redis.disconnect();
    },
  };
}
export type RedisConnection = ReturnType<typeof connectRedis>;

/** A fault in a script is a fault of ours and stays what it is; anything else means that Redis is not there. */
function asUnavailable(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'ReplyError')
    return NOT_NOW.test(message) ? new Unavailable(`Redis cannot serve now: ${message}`) : error;
  if (message.startsWith("Stream isn't writeable")) return new Unavailable('Redis is not connected');
  if (isBroken(error)) return new Unavailable('the connection to Redis broke');
  if (message === 'Command timed out') return new Unavailable(`Redis did not answer within ${COMMAND_TIMEOUT_MS} ms`);
  return new Unavailable(`Redis: ${message}`);
}

/** The connection ended before the answer came: it may have been done or not. */
const isBroken = (error: unknown) => error instanceof Error && error.name === 'MaxRetriesPerRequestError';
