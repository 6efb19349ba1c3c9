import { type RedisUser, redisUsers } from './server-users.ts';

/** Every client names its connection, and asks whether the server has loaded its data. */
const CONNECTION = ['ping', 'info', 'client|setname', 'client|setinfo'];

/** What the scripts of services/queue call; a test compares it with their text. */
const QUEUE_SCRIPTS =
  'del exists get hdel hget hgetall hincrby hkeys hlen hmget hscan hset incr pexpireat rename sadd scard set smismember srem time type zadd zcard zcount zmscore zrange zrangebyscore zrank zrem zrevrangebyscore zscan zscore';
const queueCommands: readonly string[] = ['eval', 'evalsha', ...QUEUE_SCRIPTS.split(' ')];
/** Of Socket.IO's sharded adapter. */
const gatewayCommands = ['spublish', 'ssubscribe', 'sunsubscribe', 'pubsub|shardnumsub'];

/** Characters that a pattern of Redis treats as more than themselves. */
const literal = (text: string) => text.replaceAll(/[[\]*?\\]/g, '\\$&');

/**
 * What a user may do, in the words of `ACL SETUSER`.
 * @param prefix first part of every key and channel; `*` covers every installation of a server, as on those of tests
 */
export function redisRules(user: RedisUser, prefix: string): string[] {
  const begins = prefix === '*' ? '*' : literal(prefix);
  const commands = (names: readonly string[]) => ['-@all', ...names.map((name) => `+${name}`)];
  switch (user) {
    case 'queue':
      return [`~${begins}*`, ...commands([...CONNECTION, ...queueCommands])];
    case 'gateway':
      return [`&${begins}sockets*`, ...commands([...CONNECTION, ...gatewayCommands])];
    case 'operator':
      return [`~${begins}*`, ...commands([...CONNECTION, '@read', 'dbsize', 'client|list', 'slowlog|get'])];
    case 'owner':
      return ['~*', '&*', '+@all'];
  }
}

/**
 * The file that `--aclfile` names. It has hashes in the place of passwords, so that anybody may read it; Redis takes
 * SHA-256, which is enough for passwords that are random.
 */
export function redisAcl(prefix: string, hashOf: (user: RedisUser) => string): string {
  const lines = redisUsers.map((user) =>
    ['user', user, 'reset', 'on', `#${hashOf(user)}`, ...redisRules(user, prefix)].join(' '),
  );
  // Who gives no name is the user `default`.
  return `user default reset off\n${lines.join('\n')}\n`;
}
