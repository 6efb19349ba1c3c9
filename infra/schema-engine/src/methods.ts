import { checkConnection, createDatabase, type Databases, openDatabases } from './adapter-postgres.ts';
import { createEngine, type Engine, guarded } from './engine-wasm.ts';
import { EnginePanic, InvalidParams } from './failures/failure.ts';
import { explainScriptFailure } from './failures/script-failure.ts';
import type { Datasource } from './invocation.ts';
import { comparesFilesOnly, offline } from './offline.ts';
import { readTarget, type Target } from './target.ts';

/** The methods whose parameters and results the WebAssembly engine takes and gives as Prisma's CLI has them. */
const passedOn = [
  'applyMigrations',
  'createMigration',
  'dbExecute',
  'debugPanic',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'ensureConnectionValidity',
  'evaluateDataLoss',
  'introspect',
  'introspectSql',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
] as const;

export interface Context {
  readonly datasource: Datasource;
  /** Prisma schema files as [path, text]. */
  readonly datamodels: [string, string][];
  /** Takes the engine's own log, lines of JSON. */
  readonly log: (line: string) => void;
  /** Shows text to the person at the CLI. */
  readonly print: (text: string) => void;
}

/** What Prisma's CLI may ask. Calls must not overlap: the engine is not made for it. */
export interface Methods {
  find(name: string): ((params: unknown) => Promise<unknown>) | undefined;
  close(): Promise<void>;
}

/** The methods of the schema engine. Nothing is connected before one of them needs it. */
export function engineMethods(context: Context): Methods {
  let databases: Databases | undefined;
  let engine: Engine | undefined;

  const connected = async (): Promise<Engine> => {
    if (engine !== undefined) return engine;
    const target = readTarget(requireUrl(context.datasource));
    await checkConnection(target);
    databases ??= openDatabases(target, readShadow(context.datasource, target));
    engine = await createEngine(context.datamodels, context.log, databases.factory);
    return engine;
  };
  const run = async (name: string, params: unknown): Promise<unknown> => {
    const current = await connected();
    // The boundary: a name from the list above, and parameters that the engine itself checks.
    const method = Reflect.get(current, name) as (params: unknown) => Promise<unknown>;
    try {
      return (await guarded(async () => await method.call(current, params))) ?? null;
    } catch (thrown) {
      // An engine that stopped half-way stays locked; the next request gets a new one.
      if (thrown instanceof InvalidParams || thrown instanceof EnginePanic) engine = undefined;
      throw explainScriptFailure(thrown, params, databases?.takeFailedQuery());
    }
  };

  const methods = new Map<string, (params: unknown) => Promise<unknown>>(
    passedOn.map((name) => [name, (params) => run(name, params)]),
  );
  // The parameters say which database, which the engine has been told already.
  methods.set('getDatabaseVersion', () => run('version', undefined));
  methods.set('createDatabase', async () => {
    const target = readTarget(requireUrl(context.datasource));
    await createDatabase(target);
    return { databaseName: target.database };
  });
  methods.set('diff', async (params) => {
    const { stdout, ...result } = comparesFilesOnly(params)
      ? await diffOffline(context, params)
      : readDiff(await run('diff', params));
    if (stdout !== null) context.print(stdout);
    return result;
  });

  return {
    find: (name) => methods.get(name),
    close: async () => {
      await databases?.close();
    },
  };
}

interface Diff {
  readonly exitCode: number;
  /** The native engine prints it, the WebAssembly engine returns it. */
  readonly stdout: string | null;
}

async function diffOffline(context: Context, params: unknown): Promise<Diff> {
  const engine = await createEngine([], context.log, offline);
  // The boundary: parameters that the engine itself checks.
  return readDiff(await guarded(() => engine.diff(params as Parameters<Engine['diff']>[0])));
}

function readDiff(result: unknown): Diff {
  const { exitCode, stdout } = result as Diff; // what the engine's own types say
  return { exitCode, stdout: stdout ?? null };
}

function requireUrl(datasource: Datasource): string {
  if (datasource.url !== undefined) return datasource.url;
  throw new Error('No database URL: set DATABASE_URL, or `datasource.url` in prisma.config.ts.');
}

function readShadow(datasource: Datasource, target: Target): Target | undefined {
  if (datasource.shadowDatabaseUrl === undefined) return undefined;
  const shadow = readTarget(datasource.shadowDatabaseUrl);
  const samePlace = shadow.host === target.host && shadow.port === target.port && shadow.database === target.database;
  if (samePlace && shadow.schema === target.schema) {
    throw new Error(
      'The shadow database you configured appears to be the same as the main database. Please specify another shadow database.',
    );
  }
  return shadow;
}
