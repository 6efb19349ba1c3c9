import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const executable = fileURLToPath(new URL('../bin/schema-engine', import.meta.url));

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
}

export interface Exit {
  readonly code: number | null;
  /** What it logged, line by line. */
  readonly log: { readonly level: string; readonly fields: Record<string, unknown> }[];
}

/** The executable as Prisma's CLI starts it, for `cli can-connect-to-database` and the like. */
export async function runSubcommand(url: string, subcommand: string): Promise<Exit> {
  const engine = spawn(executable, ['--datasource', JSON.stringify({ url }), 'cli', subcommand]);
  const [stderr] = await Promise.all([text(engine.stderr), once(engine, 'exit')]);
  return { code: engine.exitCode, log: parseLog(stderr) };
}

/** The executable as Prisma's CLI starts it, answering requests. */
export function startEngine(datasource: { url?: string; shadowDatabaseUrl?: string }) {
  const engine = spawn(executable, ['--datasource', JSON.stringify(datasource)]);
  const exited = once(engine, 'exit');
  const stderr = text(engine.stderr);
  const lines = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
  let newestId = 0;

  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the engine ended without an answer: ${await stderr}`);
    return JSON.parse(value);
  };
  const send = (message: object): void => {
    engine.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  return {
    next,
    send,
    /** Sends a request and waits for the line that comes next. */
    async ask(method: string, params?: unknown): Promise<Answer> {
      send({ id: ++newestId, method, params });
      return (await next()) as unknown as Answer; // the shape of JSON-RPC, which rpc.test.ts checks
    },
    kill(signal: NodeJS.Signals): void {
      engine.kill(signal);
    },
    /** Closes its input, as the CLI does when it has no more to ask. */
    async end(): Promise<Exit> {
      engine.stdin.end();
      await exited;
      return { code: engine.exitCode, log: parseLog(await stderr) };
    },
  };
}

function parseLog(stderr: string): Exit['log'] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The parameters of a request about one migration. */
export function oneMigration(script: string, name = '20200101000000_first') {
  return {
    migrationsList: {
      baseDir: '/migrations',
      lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
      shadowDbInitScript: '',
      migrationDirectories: [
        { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } } },
      ],
    },
    filters: { externalTables: [], externalEnums: [] },
  };
}
