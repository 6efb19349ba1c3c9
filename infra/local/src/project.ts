import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The project's own folder. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The variables of a file in the form of `.env`; none when there is no such file. */
export function readEnvFile(file: string): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(readFileSync(file, 'utf8')));
    // An empty value, as in a copied example file, counts as none.
    return Object.fromEntries(entries.flatMap(([key, value]) => (value ? [[key, value]] : [])));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** The environment with what `.env` adds to it: a variable that is set wins over the file. */
export function projectEnv(env: NodeJS.ProcessEnv = process.env, root: string = ROOT): NodeJS.ProcessEnv {
  const set = Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value ? [[key, value]] : [])));
  return { ...readEnvFile(join(root, '.env')), ...set };
}

/** Where a clone keeps what it makes while running: `.data/` in it, unless BATON_DATA names another folder. */
export const DATA = resolve(ROOT, projectEnv().BATON_DATA ?? '.data');

/** The same for people. */
export const DATA_SHOWN = `${DATA.startsWith(ROOT) ? relative(ROOT, DATA) : DATA}/`;
