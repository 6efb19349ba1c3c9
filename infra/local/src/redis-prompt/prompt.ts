import { createInterface } from 'node:readline/promises';
import { Redis } from 'ioredis';
import { answerText, plainText } from './reply.ts';
import { wordsOf } from './words.ts';

interface Options {
  url: string;
  password: string | undefined;
  /** One command, instead of asking for them. */
  words: string[];
}

const CONNECT_WITHIN_MS = 3_000;

/** A prompt at a Redis, for machines without redis-cli. @returns the exit code */
export async function ownPrompt({ url, password, words }: Options): Promise<number> {
  const redis = new Redis(url, {
    ...(password ? { password } : {}),
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
  } catch (error) {
    process.stderr.write(`${messageOf(reason ?? error)}\n`);
    redis.disconnect();
    return 1;
  }
  try {
    return words.length > 0 ? await once(redis, words) : await ask(redis);
  } finally {
    redis.disconnect();
  }
}

async function once(redis: Redis, [command = '', ...args]: string[]): Promise<number> {
  if (isStream(command)) {
    await follow(redis, command, args, interrupted());
    return 0;
  }
  try {
    const reply = await redis.call(command, args);
    process.stdout.write(`${process.stdout.isTTY ? answerText(command, reply) : plainText(reply)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

async function ask(redis: Redis): Promise<number> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  const { host, port } = redis.options;
  let stopFollowing: (() => void) | undefined;
  let ended = false;
  lines.once('close', () => {
    ended = true;
  });
  // At the prompt Ctrl-C leaves, while something is followed it only ends that, as in redis-cli.
  lines.on('SIGINT', () => (stopFollowing ? stopFollowing() : lines.close()));
  lines.setPrompt(`${host}:${port}> `);
  const prompt = () => {
    if (!ended) lines.prompt();
  };
  prompt();
  for await (const line of lines) {
    const [command, ...args] = tryWords(line);
    if (command === undefined) {
      prompt();
      continue;
    }
    if (/^(quit|exit)$/i.test(command)) break;
    if (isStream(command)) {
      const stopped = new Promise<void>((resolve) => {
        stopFollowing = resolve;
        lines.once('close', resolve);
      });
      await follow(redis, command, args, stopped);
      stopFollowing = undefined;
    } else {
      const text = await redis.call(command, args).then((reply) => answerText(command, reply), errorText);
      process.stdout.write(`${text}\n`);
    }
    prompt();
  }
  lines.close();
  return 0;
}

const isStream = (command: string) => /^(monitor|p?subscribe)$/i.test(command);

/** Shows what arrives until told to stop, on a separate connection: a subscribed one accepts no other commands. */
async function follow(redis: Redis, command: string, args: string[], stopped: Promise<void>): Promise<void> {
  const name = command.toLowerCase();
  try {
    if (name === 'monitor') {
      const monitor = await redis.monitor();
      process.stdout.write('OK\n');
      monitor.on('monitor', (time: string, words: string[], source: string, database: string) =>
        process.stdout.write(
          `${time} [${database} ${source}] ${words.map((word) => JSON.stringify(word)).join(' ')}\n`,
        ),
      );
      await stopped;
      monitor.disconnect();
      return;
    }
    const subscriber = redis.duplicate();
    const show = (...parts: string[]) =>
      process.stdout.write(`${parts.map((part) => JSON.stringify(part)).join(' ')}\n`);
    subscriber.on('message', show).on('pmessage', show);
    await subscriber.connect();
    await (name === 'subscribe' ? subscriber.subscribe(...args) : subscriber.psubscribe(...args));
    process.stdout.write(`Listening to ${args.join(' ')}; Ctrl-C ends it.\n`);
    await stopped;
    subscriber.disconnect();
  } catch (error) {
    process.stdout.write(`${errorText(error)}\n`);
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function tryWords(line: string): string[] {
  try {
    return wordsOf(line);
  } catch (error) {
    process.stdout.write(`${errorText(error)}\n`);
    return [];
  }
}

const errorText = (error: unknown) => `(error) ${messageOf(error)}`;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
