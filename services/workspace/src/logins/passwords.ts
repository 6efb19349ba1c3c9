import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Unavailable } from '@baton/runtime';

interface Cost {
  /** In KiB. */
  memory: number;
  passes: number;
  parallelism: number;
}

/** The first of OWASP's equivalent choices for argon2id that needs less than 20 MiB. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_LENGTH = 16;
const TAG_LENGTH = 32;
/** Each takes a thread and its memory; what waits longer than a person would is refused. */
const AT_ONCE = 2;
const MAX_WAITING = 100;

const derive = promisify(argon2);
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

interface Parsed {
  cost: Cost;
  salt: Buffer;
  tag: Buffer;
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** As every implementation of argon2 writes it, with the parameters that it was made with. */
const written = ({ memory, passes, parallelism }: Cost, salt: Buffer, tag: Buffer) =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;

function parse(hash: string): Parsed {
  const found = PHC.exec(hash);
  if (found === null) throw new Error('a password hash is not in the form of argon2id');
  const [, memory, passes, parallelism, salt = '', tag = ''] = found;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Costs the same without a hash, when it never matches: nobody can measure whether an account exists. */
  matches(hash: string | undefined, password: string): Promise<boolean>;
  /** Whether it was made with other parameters than new ones are: it is made anew at the next login. */
  isOutdated(hash: string): boolean;
}

/** Unicode has several ways to write the same letter; NFKC makes one of them, whatever keyboard it came from. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'));

export function createPasswords(cost: Cost = COST): Passwords {
  const limited = limit(AT_ONCE, MAX_WAITING);
  const tagOf = (password: string, { cost: { memory, passes, parallelism }, salt, tag }: Parsed) =>
    limited(() =>
      derive('argon2id', {
        message: bytesOf(password),
        nonce: salt,
        memory,
        passes,
        parallelism,
        tagLength: tag.length,
      }),
    );
  const nobody: Parsed = { cost, salt: randomBytes(SALT_LENGTH), tag: randomBytes(TAG_LENGTH) };
  return {
    async hash(password) {
      const salt = randomBytes(SALT_LENGTH);
      return written(cost, salt, await tagOf(password, { cost, salt, tag: Buffer.alloc(TAG_LENGTH) }));
    },
    async matches(hash, password) {
      const stored = hash === undefined ? nobody : parse(hash);
      const equal = timingSafeEqual(await tagOf(password, stored), stored.tag);
      return equal && hash !== undefined;
    },
    isOutdated(hash) {
      const { cost: kept, tag } = parse(hash);
      return (
        tag.length !== TAG_LENGTH ||
        kept.memory !== cost.memory ||
        kept.passes !== cost.passes ||
        kept.parallelism !== cost.parallelism
      );
    },
  };
}

/** Runs so many at once, in their order. */
function limit(atOnce: number, maxWaiting: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) throw new Unavailable('too many passwords are checked at once');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      // The place passes on, so that nobody who comes now takes it first.
      if (next === undefined) running--;
      else next();
    }
  };
}
