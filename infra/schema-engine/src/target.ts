/** One Postgres database as a connection URL names it, with the parameters that are Prisma's and not Postgres'. */
export interface Target {
  /** For the driver: the URL without Prisma's own parameters. */
  readonly connectionString: string;
  readonly database: string;
  readonly host: string;
  readonly port: number;
  /** `?schema=`, by default `public`. */
  readonly schema: string;
  /** `?connect_timeout=` in seconds, as in the native engine by default 5; 0 means no limit. */
  readonly connectTimeoutMs: number;
}

const DEFAULT_PORT = 5432;
const DEFAULT_CONNECT_TIMEOUT_S = 5;

/**
 * Parameters that only Prisma's own drivers know. `pg` ignores those it does not know, except that it would take
 * `connect_timeout` for its own.
 */
const prismaParameters = [
  'schema',
  'connect_timeout',
  'connection_limit',
  'pool_timeout',
  'pgbouncer',
  'statement_cache_size',
  'socket_timeout',
  'sslidentity',
  'sslpassword',
  'sslaccept',
];

/**
 * Reads a connection URL.
 * @throws {Error} without the URL in its text, as that holds a password.
 */
export function readTarget(connectionUrl: string): Target {
  if (!URL.canParse(connectionUrl)) throw new Error('The database URL in prisma.config.ts is not a URL.');
  const url = new URL(connectionUrl);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new Error('The database URL must start with the protocol `postgresql://` or `postgres://`.');
  }
  const schema = url.searchParams.get('schema') ?? 'public';
  const timeout = Number(url.searchParams.get('connect_timeout') ?? DEFAULT_CONNECT_TIMEOUT_S);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  for (const parameter of prismaParameters) url.searchParams.delete(parameter);
  return {
    connectionString: url.href,
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    host: host || 'localhost',
    port: Number(url.port) || DEFAULT_PORT,
    schema,
    connectTimeoutMs: Number.isFinite(timeout) && timeout >= 0 ? timeout * 1000 : DEFAULT_CONNECT_TIMEOUT_S * 1000,
  };
}

/** The same server, user and parameters with another database. */
export function withDatabase(target: Target, database: string): Target {
  const url = new URL(target.connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return { ...target, connectionString: url.href, database };
}
