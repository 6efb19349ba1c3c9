/**
 * How redis-cli is told of a server. Not by its `-u`: from a URL without a user it sends an empty one, which Redis
 * refuses, and a password in the arguments is seen by everybody on the machine.
 */
export function redisCli(url: string, env: NodeJS.ProcessEnv): { args: string[]; env: Record<string, string> } {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const secret = decodeURIComponent(password) || env.REDIS_PASSWORD;
  const database = searchParams.get('db') ?? pathname.slice(1);
  const tls = protocol === 'rediss:';
  return {
    args: [
      ...['-h', hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', '-p', port || '6379'],
      ...(username ? ['--user', decodeURIComponent(username)] : []),
      ...(database ? ['-n', database] : []),
      ...(tls ? ['--tls', '--sni', hostname] : []),
      ...(tls && env.REDIS_CA_FILE ? ['--cacert', env.REDIS_CA_FILE] : []),
    ],
    env: secret ? { REDISCLI_AUTH: secret } : {},
  };
}
