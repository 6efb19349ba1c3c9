import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { redisAddress } from '@baton/addresses';
import { type Log, Unavailable } from '@baton/runtime';
import { Redis } from 'ioredis';

/** A command without a reply within this time fails, so that a frozen Redis does not hold requests up. */
const COMMAND_TIMEOUT_MS = 1_500;
/** With commands pending and nothing received for this long, the connection counts as dead. */
const SILENCE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** After the connection broke during a command, how long to wait for it before giving up. */
const RETRY_WITHIN_MS = 1_000;
/** Errors of a Redis that is reachable but cannot serve now. */
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
 * While Redis is unavailable, commands fail at once (no offline queue). Commands that are pending when the connection
 * breaks fail at once too (`maxRetriesPerRequest: 0`), so the client library sends nothing twice. `run` retries a
 * script itself, which is safe because a script that changes something is idempotent or carries an operation id.
 */
export function connectRedis(options: {
  url: string;
  user?: string | undefined;
  password: string | undefined;
  caFile?: string | undefined;
  name: string;
  log: Log;
  /** Called when Redis becomes available, also the first time. */
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
    // While Redis is unavailable every attempt fails alike: one line is enough.
    if (error.message !== lastError) log.warn({ detail: error.message }, 'Redis cannot be reached; trying again');
    lastError = error.message;
  });
  redis.on('ready', () => {
    lastError = '';
    log.info('Redis is connected');
    options.onReady?.();
  });
  redis.connect().catch(() => {
    // The error event reports it; the retry strategy continues.
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
     * Runs a script, and retries it once when the connection broke before the reply. Every script may run twice: it
     * only reads, is idempotent, or carries an operation id.
     * @throws Unavailable when Redis is unreachable, does not reply, or cannot serve now.
     */
    async run(script: Script, keys: string[], args: (string | number)[]): Promise<unknown> {
      try {
        return await evaluate(script, keys, args);
      } catch (error) {
        if (!isBroken(error) || !(await usable(RETRY_WITHIN_MS))) throw asUnavailable(error);
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

/** An error in a script is our own bug and is passed on; any other error means that Redis is unavailable. */
function asUnavailable(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'ReplyError')
    return NOT_NOW.test(message) ? new Unavailable(`Redis cannot serve now: ${message}`) : error;
  if (message.startsWith("Stream isn't writeable")) return new Unavailable('Redis is not connected');
  if (isBroken(error)) return new Unavailable('the connection to Redis broke');
  if (message === 'Command timed out') return new Unavailable(`Redis did not answer within ${COMMAND_TIMEOUT_MS} ms`);
  return new Unavailable(`Redis: ${message}`);
}

/** The connection ended before the reply: the outcome is unknown. */
const isBroken = (error: unknown) => error instanceof Error && error.name === 'MaxRetriesPerRequestError';
