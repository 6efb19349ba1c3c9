import type { OfflineModelOptions } from './index.ts';

/** Thrown for a value that cannot be used; the message is one line that names the variable. */
export class ConfigError extends Error {}

/** Reads the environment. An empty value counts as absent. @throws ConfigError */
export function readConfig(env: Readonly<Record<string, string | undefined>>): OfflineModelOptions {
  const text = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const number = (name: string, fallback: number, most: number, whole: boolean): number => {
    const given = text(name);
    if (given === undefined) return fallback;
    const value = Number(given);
    if (given.trim() !== '' && value >= 0 && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new ConfigError(`${name} must be a ${whole ? 'whole ' : ''}number from 0 to ${most}, but is "${given}"`);
  };
  const control = text('CONTROL') ?? 'false';
  if (control !== 'true' && control !== 'false')
    throw new ConfigError(`CONTROL must be true or false, but is "${control}"`);
  const knowledgeDir = text('KNOWLEDGE_DIR');
  const apiKey = text('API_KEY');
  return {
    port: number('PORT', 3014, 65_535, true),
    host: text('HOST') ?? '127.0.0.1',
    tokensPerSecond: number('TOKENS_PER_SECOND', 40, 100_000, false),
    control: control === 'true',
    ...(knowledgeDir === undefined ? {} : { knowledgeDir }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}
