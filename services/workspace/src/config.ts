import { commonConfig, env } from '@baton/runtime';
import { z } from 'zod';
import { providerSettings, providersOf } from './providers/settings.ts';

const MIN_SECRET_LENGTH = 32;
const secret = () =>
  z
    .string('must be set')
    .min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters; openssl rand -base64 32 makes one`);

const settings = commonConfig.extend({
  ...providerSettings,
  DATABASE_URL: env.url('postgresql:', 'postgres:'),
  /** Connections of this process. All instances together stay below the server's max_connections. */
  DATABASE_POOL_MAX: env.integer(20, 2, 20),
  HEALTH_PORT: env.port(3015),
  /** Encrypts what is kept and must be read again, such as the secrets of authenticator apps. */
  WORKSPACE_SECRET: secret(),
  /** The one before, during a rotation: it opens what it has sealed, which is then sealed by the present one. */
  WORKSPACE_SECRET_PREVIOUS: secret().optional(),
  /** Where people reach the pages, for the link of the first owner. */
  PUBLIC_URL: env.url('http:', 'https:').default('http://localhost:3001'),
  /** A login that is not used for so long ends. */
  LOGIN_IDLE_HOURS: env.integer(72, 1, 8_760),
  /** A login ends after so many days, however much it is used. */
  LOGIN_MAX_DAYS: env.integer(30, 1, 365),
});

export const workspaceConfig = settings.transform((config, context) => ({
  ...config,
  /** The identity providers of `OIDC_<1 to 4>_…`. */
  providers: providersOf(config, (setting, message) => context.addIssue({ code: 'custom', path: [setting], message })),
}));
