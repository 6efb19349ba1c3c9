import type { FailedQuery } from '../native-driver.ts';
import { KnownFailure } from './failure.ts';

/** Lines of the script shown before the one where Postgres saw the error. */
const CONTEXT_LINES = 5;

/**
 * The failure of a migration script in the native engine's words. Of a script that Postgres refused, the WebAssembly
 * engine only says "external connector error", so the rest comes from what the driver saw.
 * @param thrown what the engine threw
 * @param params of the request: those of `applyMigrations` hold the scripts
 * @param failed what Postgres refused during the request
 * @returns `thrown` itself when it is about something else
 */
export function explainScriptFailure(thrown: unknown, params: unknown, failed: FailedQuery | undefined): unknown {
  if (failed === undefined || !(thrown instanceof Error)) return thrown;
  const name = migrationsIn(params).find((migration) => migration.script === failed.sql)?.name;
  const code = Reflect.get(thrown, 'code');
  if (code === undefined && name !== undefined) return notApplied(name, failed);
  if (code === 'P3006') {
    const [headline] = thrown.message.split('\n');
    return new KnownFailure('P3006', `${headline}\nError:\n${describe(failed)}\n`);
  }
  return thrown;
}

function notApplied(name: string, failed: FailedQuery): KnownFailure {
  const code = textOf(failed.error, 'code') ?? 'none';
  const error = describe(failed);
  return new KnownFailure(
    'P3018',
    `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\nMigration name: ${name}\n\nDatabase error code: ${code}\n\nDatabase error:\n${error}\n`,
    { migration_name: name, database_error_code: code, database_error: error },
  );
}

function describe({ sql, error }: FailedQuery): string {
  const lines = [`${textOf(error, 'severity') ?? 'ERROR'}: ${error.message}`];
  const detail = textOf(error, 'detail');
  if (detail !== undefined) lines.push(`DETAIL: ${detail}`);
  const hint = textOf(error, 'hint');
  if (hint !== undefined) lines.push(`HINT: ${hint}`);
  const position = Number(textOf(error, 'position'));
  if (position > 0) lines.push('', 'Position:', ...excerpt(sql, position));
  return lines.join('\n');
}

/** The line of the script at a position, counted in characters from 1 as Postgres does, and those before it. */
function excerpt(script: string, position: number): string[] {
  const lineNumber = [...script].slice(0, position - 1).filter((character) => character === '\n').length + 1;
  const first = Math.max(1, lineNumber - CONTEXT_LINES);
  return script
    .split('\n')
    .slice(first - 1, lineNumber)
    .map((line, index) => `${String(first + index).padStart(3)} ${line}`.trimEnd());
}

interface Migration {
  readonly name: string;
  readonly script: string;
}

/** Reads `migrationsList.migrationDirectories[].{path, migrationFile.content.value}` of a request. */
function migrationsIn(params: unknown): Migration[] {
  const directories = property(property(params, 'migrationsList'), 'migrationDirectories');
  if (!Array.isArray(directories)) return [];
  return directories.flatMap((directory: unknown) => {
    const name = property(directory, 'path');
    const script = property(property(property(directory, 'migrationFile'), 'content'), 'value');
    return typeof name === 'string' && typeof script === 'string' ? [{ name, script }] : [];
  });
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}
