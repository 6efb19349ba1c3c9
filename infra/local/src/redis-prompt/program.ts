/**
 * How redis-cli gets a server's address. Not by `-u`: from a URL without a user it sends an empty one, which Redis
 * refuses, and everybody on the machine can see a password in the arguments.
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
