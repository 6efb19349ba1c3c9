import { setGlobalProxyFromEnv } from 'node:http';

/** What runs on this machine is never behind a proxy, whatever NO_PROXY says. */
const DIRECT = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Sends what this process fetches through the proxy that HTTP_PROXY and HTTPS_PROXY name, as other programs do: Node
 * itself asks for a variable of its own. `direct`: further hosts that are reached without it. Gives the proxies' hosts,
 * without what may be secret in their addresses.
 */
export function useOutboundProxy(env: NodeJS.ProcessEnv, direct: readonly string[]): readonly string[] {
  const named = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const [http, https] = [named('HTTP_PROXY'), named('HTTPS_PROXY')];
  const proxies = [http, https].filter((proxy) => proxy !== undefined);
  if (proxies.length === 0) return [];
  const without = [named('NO_PROXY'), ...DIRECT, ...direct].filter((host) => host !== undefined);
  setGlobalProxyFromEnv({
    ...(http !== undefined && { http_proxy: http }),
    ...(https !== undefined && { https_proxy: https }),
    no_proxy: without.join(','),
  });
  return [...new Set(proxies.map((proxy) => (URL.canParse(proxy) ? new URL(proxy).host : 'a proxy')))];
}
