import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { natsAddress } from '@baton/addresses';
import { DEFAULT_SUBJECT_ROOT } from '@baton/contracts';
import { z } from 'zod';
import { publicPasswords } from './public-passwords.ts';

/** A value of the environment that the process cannot start with. The message is one line and names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** An empty variable counts as one that is not set, as in `REDIS_PASSWORD=` of a copied example file. */
const withoutEmpty = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));

/**
 * The process's configuration, read once at the start.
 * @throws ConfigError naming each variable that is missing or wrong; no value is repeated, as it may be secret.
 */
export function readConfig<Shape extends z.ZodType>(
  shape: Shape,
  env: NodeJS.ProcessEnv = process.env,
): z.output<Shape> {
  const { set, unreadable } = withFiles(withoutEmpty(env), settingsOf(shape));
  const result = shape.safeParse(set);
  const publics = set.NODE_ENV === 'production' ? publicPasswords(set) : [];
  if (result.success && publics.length === 0 && unreadable.length === 0) return result.data;
  const issues = result.error?.issues ?? [];
  const wrong = [
    ...unreadable,
    ...issues.map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`),
    ...publics,
  ];
  throw new ConfigError(`${wrong.join('; ')}. See .env.example.`);
}

/** The settings that a configuration has, by name. */
function settingsOf(shape: z.ZodType): string[] {
  if (shape instanceof z.ZodPipe) return settingsOf(shape.in as z.ZodType);
  return shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
}

/**
 * Any setting can be in a file that `<SETTING>_FILE` names, as orchestrators mount secrets. Space around it is no part
 * of it, such as the end of the line that editors add. What is wrong is told without the file's text.
 */
function withFiles(env: Record<string, string | undefined>, settings: readonly string[]) {
  const set = { ...env };
  const unreadable: string[] = [];
  for (const setting of settings) {
    const name = `${setting}_FILE`;
    const path = env[name];
    if (path === undefined || settings.includes(name)) continue;
    const text = textOf(path);
    if (env[setting] !== undefined) unreadable.push(`${name}: is set, and ${setting} too; set one of them`);
    else if (text === undefined) unreadable.push(`${name}: must be the path of a readable file`);
    else if (text === '') unreadable.push(`${name}: is the path of an empty file`);
    else set[setting] = text;
  }
  return { set, unreadable };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Loads the nearest `.env` at or above the working directory. Variables that are set already win. A process whose
 * starter has read it gets no more of it, as it has the secrets of all: `BATON_DOTENV=no`.
 */
export function loadDotEnv(from: string = process.cwd()): void {
  if (process.env.BATON_DOTENV === 'no') return;
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, '.env');
    if (existsSync(file)) {
      process.loadEnvFile(file);
      return;
    }
    if (existsSync(join(folder, 'pnpm-workspace.yaml')) || folder === dirname(folder)) return;
  }
}

const yesOrNo = () =>
  z.enum(['true', 'false', '1', '0'], 'must be true or false').transform((value) => value === 'true' || value === '1');

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Building blocks for services' own configurations. Values arrive as strings. */
export const env = {
  port: (fallback: number) =>
    z.coerce.number('must be a port').int('must be a port').min(0).max(65_535).default(fallback),
  url: (...protocols: string[]) =>
    z.string('must be set').refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      message: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    }),
  /** One NATS server or several, separated by commas; see `natsAddress`. */
  natsUrl: () =>
    z.string().superRefine((value, context) => {
      try {
        natsAddress(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
    }),
  /** The path of a file that this process may read. */
  file: () => z.string().refine(isReadable, 'must be the path of a readable file'),
  integer: (fallback: number, min: number, max: number) =>
    z.coerce
      .number(`must be a whole number from ${min} to ${max}`)
      .int(`must be a whole number from ${min} to ${max}`)
      .min(min, `must be at least ${min}`)
      .max(max, `must be at most ${max}`)
      .default(fallback),
  flag: (fallback: boolean) => yesOrNo().default(fallback),
  yesOrNo,
  text: () => z.string('must be set'),
};

/** What every service reads. */
export const commonConfig = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NATS_URL: env.natsUrl().default('nats://127.0.0.1:4222'),
  /** Used where NATS_URL has no credentials: the password, and the user where it is not named for the service. */
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  /** The authority that signed the NATS servers' certificates, as a PEM file. */
  NATS_CA_FILE: env.file().optional(),
  SUBJECT_ROOT: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be one token of letters, digits, - and _')
    .default(DEFAULT_SUBJECT_ROOT),
  /** Where spans are sent, as OpenTelemetry's own variable says; unset, none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: env.url('http:', 'https:').optional(),
  /** The share of traces that is kept. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1')
    .default(1),
  /** Where health and metrics are served. They are for operations: this machine only, unless configured. */
  HEALTH_HOST: z.string().default('127.0.0.1'),
  INSTANCE: z.string().max(64).optional(),
});
export type CommonConfig = z.output<typeof commonConfig>;
