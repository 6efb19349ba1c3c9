/**
 * The client's network address. Each proxy appends to X-Forwarded-For the address that it was reached from, so with
 * `trustedProxies` in front of us the client is that many entries from the end; what stands before it anybody can write.
 */
export function clientAddress(
  request: { headers: Record<string, string | string[] | undefined>; socket: { remoteAddress?: string | undefined } },
  trustedProxies: number,
): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((address) => address.trim());
  return chain.at(-trustedProxies) || direct;
}
