/** What the NATS client is given: it reads neither lists nor credentials from a URL. */
export interface NatsAddress {
  /** Each as `host:port`. */
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  tls?: { caFile?: string };
}

/** Credentials that stand beside a URL. */
export interface NatsLogin {
  user: string;
  pass: string;
}

const SCHEMES = ['nats:', 'tls:'];
const USUAL_PORT = 4222;

/**
 * Reads `NATS_URL`: one server or several of one cluster, separated by commas, each as `nats://[user:password@]host[:port]`
 * or `nats://token@host`; `tls://` for TLS. The credentials of one server hold for all, as a client has one account.
 * @param caFile the authority that signed the servers' certificates; with it, nothing is said without TLS
 * @param login used where the list has no credentials
 * @throws Error without the value, which may hold a secret
 */
export function natsAddress(list: string, caFile?: string, login?: NatsLogin): NatsAddress {
  const urls = list.split(',').map((one) => parse(one.trim()));
  const credentials = new Map(
    urls
      .filter(({ username }) => username !== '')
      .map((url) => [`${url.username}:${url.password}`, credentialsOf(url)]),
  );
  if (credentials.size > 1) throw new Error('must give the same credentials for each server, or give them once');
  const encrypted = caFile !== undefined || urls.some(({ protocol }) => protocol === 'tls:');
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || USUAL_PORT}`),
    ...(credentials.size > 0 ? [...credentials.values()][0] : login),
    ...(encrypted && { tls: caFile === undefined ? {} : { caFile } }),
  };
}

function parse(text: string): URL {
  const url = text.includes('://') ? text : `nats://${text}`;
  if (text === '' || !URL.canParse(url) || !SCHEMES.includes(new URL(url).protocol) || new URL(url).hostname === '')
    throw new Error('must be URLs that begin with nats:// or tls://, separated by commas');
  return new URL(url);
}

function credentialsOf({ username, password }: URL): { token: string } | { user: string; pass: string } {
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
}
