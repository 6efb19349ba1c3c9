import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readEnvFile } from './project.ts';

/**
 * Secrets for development: made once, kept in `file` (readable by its owner only), the same at every start, so that
 * tokens given before a restart stay good. Production sets its own.
 */
export function developmentSecrets(file: string, names: readonly string[]): Record<string, string> {
  const kept = readEnvFile(file);
  const missing = names.filter((name) => kept[name] === undefined);
  if (missing.length === 0) return kept;
  for (const name of missing) kept[name] = randomBytes(32).toString('base64url');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, envText(kept), { mode: 0o600 });
  return kept;
}

/** Variables in the form of `.env`. */
export function envText(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
