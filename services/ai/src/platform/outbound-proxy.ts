import { setGlobalProxyFromEnv } from 'node:http';
import type { Log } from '@baton/runtime';

/** What runs on this machine is never behind a proxy, whatever NO_PROXY says. */
const DIRECT = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Sends what this process fetches through the proxies of HTTP_PROXY and HTTPS_PROXY, as other programs do: Node itself
 * reads a variable of its own. `direct`: a URL whose host is reached without a proxy. The proxies' hosts are logged,
 * without the parts of their addresses that may be secret.
 */
export function useOutboundProxy(env: NodeJS.ProcessEnv, direct: string | undefined, log: Log): void {
  const named = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const [http, https] = [named('HTTP_PROXY'), named('HTTPS_PROXY')];
  const proxies = [http, https].filter((proxy) => proxy !== undefined);
  if (proxies.length === 0) return;
  const directHost = direct === undefined ? undefined : new URL(direct).hostname;
  const without = [named('NO_PROXY'), ...DIRECT, directHost].filter((host) => host !== undefined);
  setGlobalProxyFromEnv({
    ...(http !== undefined && { http_proxy: http }),
    ...(https !== undefined && { https_proxy: https }),
    no_proxy: without.join(','),
  });
  const hosts = new Set(proxies.map((proxy) => (URL.canParse(proxy) ? new URL(proxy).host : 'a proxy')));
  log.info({ proxies: [...hosts] }, 'the model is reached through a proxy');
}
