import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { commonConfig, env } from '@baton/runtime';
import { z } from 'zod';
import { readNetworks } from './access/network-list.ts';

const MIN_SECRET_LENGTH = 32;
/** So many random characters cannot be guessed, however many gateways a client may try them on. */
const MIN_KEY_LENGTH = 24;

/** This machine, and private networks by RFC 1918, 6598, 3927 and 4193. */
const PRIVATE_NETWORKS =
  '127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10';

const rate = (fallback: number) =>
  z.coerce
    .number('must be a number above 0')
    .positive('must be a number above 0')
    .max(1_000_000, 'must be at most 1000000')
    .default(fallback);

const networks = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((list, context) => {
      const read = readNetworks(list.split(',').flatMap((entry) => entry.trim() || []));
      if (read !== undefined) return read;
      context.addIssue({ code: 'custom', message: 'must be networks such as 192.0.2.0/24, separated by commas' });
      return z.NEVER;
    });

/** A secret, with the name of the key before it where the tokens name it. */
function keyOf(entry: string): { kid: string | undefined; secret: string } {
  const colon = entry.indexOf(':');
  return colon < 0 ? { kid: undefined, secret: entry } : { kid: entry.slice(0, colon), secret: entry.slice(colon + 1) };
}

/** What the gateway reads from the environment; `.env.example` explains each to operators. */
export const gatewayConfig = commonConfig
  .extend({
    PORT: env.port(3001),
    /** Unset: loopback, but in production every address. */
    HOST: z.string().optional(),
    /** Inside, on HEALTH_HOST: the health of every part, and metrics. In production PORT has neither. */
    HEALTH_PORT: env.port(3010),
    /**
     * Origins whose pages may connect and embed the widget, comma separated. Pages that the gateway serves itself
     * always may.
     */
    FRONTEND_URL: z
      .string()
      .transform((list) => list.split(',').map((origin) => origin.trim().replace(/\/$/, '')))
      .refine((origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
        message: 'must be origins such as https://example.com, separated by commas',
      })
      .optional(),
    /** The path of a site below which the gateway is served: see `http/base-path.ts`. */
    BASE_PATH: z
      .string()
      .transform((path) => `/${path.split('/').filter(Boolean).join('/')}/`.replace('//', '/'))
      .refine((path) => /^\/(?:[\w.~-]+\/)*$/.test(path), { message: 'must be a path such as /support/' })
      .default('/'),
    /** Host names by which the gateway is reached, comma separated, without ports. Unset: see `http/hosts.ts`. */
    ALLOWED_HOSTS: z
      .string()
      .transform((list) => list.split(',').map((name) => name.trim().toLowerCase()))
      .refine((names) => names.every((name) => /^[a-z0-9.-]+$/.test(name) || isIP(name) === 6), {
        message: 'must be host names such as chat.example.com, separated by commas',
      })
      .optional(),
    /** What the ai service calls the bot: no agent may be called the same. */
    BOT_NAME: z.string().max(80).optional(),
    /** The folder that contains `web-chat/dist` and `agent-console/dist`. */
    APPS_FOLDER: env.text().optional(),
    /** Title and greeting of the chat, where the page that embeds it sets none. */
    CHAT_TITLE: z.string().max(80).optional(),
    BOT_GREETING: z.string().optional(),
    REDIS_URL: env.url('redis:', 'rediss:').default('redis://127.0.0.1:6379'),
    REDIS_PASSWORD: env.text().optional(),
    REDIS_USER: env.text().optional(),
    /** The authority that signed Redis' certificate, as a PEM file. */
    REDIS_CA_FILE: env.file().optional(),
    REDIS_PREFIX: env.text().default('chat:'),
    /** Signs the tokens with which customers and agents come back. Changing it invalidates all of them. */
    SESSION_SECRET: env.text().optional(),
    /** During a rotation: the one before, which is still believed and signs nothing. */
    SESSION_SECRET_PREVIOUS: env.text().optional(),
    /** How long after its start a customer can resume a session; after its end, to read it and to rate it. */
    RESUME_WITHIN_DAYS: env.integer(90, 1, 3_650),
    RESUME_ENDED_WITHIN_MINUTES: env.integer(1_440, 1, 525_600),
    /** With which sites sign who their customers are, as `kid:secret`, separated by commas: two while they change. */
    CUSTOMER_JWT_SECRETS: z
      .string()
      .transform((list) => list.split(',').map((entry) => keyOf(entry.trim())))
      .refine((keys) => keys.every(({ secret }) => secret.length >= MIN_SECRET_LENGTH), {
        message: `must each have at least ${MIN_SECRET_LENGTH} random characters`,
      })
      .optional(),
    /** Where the site publishes the keys with which it signs, as a JWK set. */
    CUSTOMER_JWKS_URL: env.url('https:', 'http:').optional(),
    /** `aud` of their tokens: a token for another installation proves nothing here. */
    CUSTOMER_JWT_AUDIENCE: env.text().optional(),
    /** `required`: a customer who has a name must be proven to have it. */
    CUSTOMER_VERIFICATION: z.enum(['optional', 'required'], 'must be optional or required').default('optional'),
    AGENT_KEY: env.text().optional(),
    ADMIN_KEY: env.text().optional(),
    /** Proxies in front of the gateway that append to X-Forwarded-For. With 0 the header is not believed. */
    TRUSTED_PROXIES: env.integer(0, 0, 10),
    /** Networks of those proxies. The header is not believed from any other peer. */
    PROXY_NETWORKS: networks(PRIVATE_NETWORKS),
    /** Rates are per second; a burst is allowed at once after a quiet time. */
    EVENT_RATE: rate(20),
    EVENT_BURST: env.integer(200, 1, 1_000_000),
    /** Received bytes of one connection; all connections of an address may send eight times as many. */
    BYTES_RATE: env.integer(262_144, 16_384, 1_073_741_824),
    BYTES_BURST: env.integer(8_388_608, 262_144, 1_073_741_824),
    MESSAGE_RATE: rate(5),
    MESSAGE_BURST: env.integer(50, 1, 1_000_000),
    START_RATE: rate(5),
    START_BURST: env.integer(500, 1, 1_000_000),
    ADDRESS_RATE: rate(200),
    ADDRESS_BURST: env.integer(2_000, 1, 1_000_000),
    /** Concurrent connections, in all and of one network address. */
    MAX_CONNECTIONS: env.integer(20_000, 10, 1_000_000),
    ADDRESS_CONNECTIONS: env.integer(500, 1, 1_000_000),
    /** Bytes of text that are stored a day, for a customer's session and for all from a network address. */
    CUSTOMER_BYTES_DAY: env.integer(4_194_304, 65_536, Number.MAX_SAFE_INTEGER),
    ADDRESS_BYTES_DAY: env.integer(268_435_456, 65_536, Number.MAX_SAFE_INTEGER),
    /** A connection without a session, and not of an agent, ends after this many seconds without an event. */
    IDLE_SECONDS: env.integer(120, 1, 86_400),
    /** Networks without limits by address, such as the company's own. */
    TRUSTED_NETWORKS: networks(''),
    /** As in the queue: an agent that no gateway reports for this long has vanished. Reports are more frequent. */
    AGENT_GRACE_MS: env.integer(30_000, 500, 3_600_000),
    /** A client with more unsent bytes is cut; it reconnects and catches up. */
    MAX_SOCKET_BUFFER_BYTES: env.integer(4_194_304, 65_536, 1_073_741_824),
    /** When the process stops, connections close one by one over this time. */
    DRAIN_MS: env.integer(3_000, 0, 15_000),
  })
  .superRefine((config, context) => {
    const demand = (path: string, fulfilled: boolean, message: string) => {
      if (!fulfilled) context.addIssue({ code: 'custom', path: [path], message });
    };
    const signed = config.CUSTOMER_JWT_SECRETS !== undefined || config.CUSTOMER_JWKS_URL !== undefined;
    const audience = config.CUSTOMER_JWT_AUDIENCE !== undefined;
    demand('CUSTOMER_JWT_AUDIENCE', audience || !signed, 'must be set with CUSTOMER_JWT_SECRETS or CUSTOMER_JWKS_URL');
    demand(
      'CUSTOMER_VERIFICATION',
      signed || config.CUSTOMER_VERIFICATION === 'optional',
      'can be required only with CUSTOMER_JWT_SECRETS or CUSTOMER_JWKS_URL',
    );
    if (config.NODE_ENV !== 'production') return;
    const secretLength = config.SESSION_SECRET?.length ?? 0;
    demand(
      'SESSION_SECRET',
      secretLength >= MIN_SECRET_LENGTH,
      `must be set in production, to at least ${MIN_SECRET_LENGTH} random characters`,
    );
    for (const name of ['AGENT_KEY', 'ADMIN_KEY'] as const) {
      const longEnough = (config[name]?.length ?? 0) >= MIN_KEY_LENGTH;
      demand(name, longEnough, `must be set in production, to at least ${MIN_KEY_LENGTH} random characters`);
    }
    const previousLength = config.SESSION_SECRET_PREVIOUS?.length ?? MIN_SECRET_LENGTH;
    const previous = `must be at least ${MIN_SECRET_LENGTH} random characters`;
    demand('SESSION_SECRET_PREVIOUS', previousLength >= MIN_SECRET_LENGTH, previous);
    const same = config.ADMIN_KEY !== undefined && config.ADMIN_KEY === config.AGENT_KEY;
    demand('ADMIN_KEY', !same, 'must differ from AGENT_KEY');
  })
  .transform((config) => ({
    ...config,
    HOST: config.HOST ?? (config.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'),
    /** Without one, which only development permits, it is random and lasts as long as the process. */
    SESSION_SECRET: config.SESSION_SECRET ?? randomBytes(32).toString('base64url'),
    secretGiven: config.SESSION_SECRET !== undefined,
  }));
export type GatewayConfig = z.output<typeof gatewayConfig>;
