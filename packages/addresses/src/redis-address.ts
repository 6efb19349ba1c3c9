import { readFileSync } from 'node:fs';

/** What the Redis client is given. */
export interface RedisAddress {
  url: string;
  options: { tls?: { ca: string } };
}

/**
 * Reads `REDIS_URL` with what belongs to it.
 * @param more `password`: used when the URL carries none, with `user` where Redis has users. `caFile`: the authority
 * that signed the server's certificate;
 * with it, nothing is said without TLS
 */
export function redisAddress(
  url: string,
  {
    user,
    password,
    caFile,
  }: { user?: string | undefined; password?: string | undefined; caFile?: string | undefined } = {},
): RedisAddress {
  const parsed = new URL(url);
  if (password && parsed.password === '') {
    if (user && parsed.username === '') parsed.username = encodeURIComponent(user);
    parsed.password = encodeURIComponent(password);
  }
  return {
    url: parsed.toString(),
    options: caFile === undefined ? {} : { tls: { ca: readFileSync(caFile, 'utf8') } },
  };
}
