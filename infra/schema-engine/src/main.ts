import { readFile } from 'node:fs/promises';
import { checkConnection, createDatabase, dropDatabase } from './adapter-postgres.ts';
import { engineVersion } from './engine-wasm.ts';
import { describeFailure } from './failures/failure.ts';
import { type Datasource, type Invocation, readInvocation, type Subcommand, usage } from './invocation.ts';
import { forwardLog, log } from './log.ts';
import { engineMethods } from './methods.ts';
import { serve } from './rpc.ts';
import { readTarget } from './target.ts';

/** The native engine's exit codes: a failure it can explain, and one it cannot, of which the CLI makes a report. */
const EXIT_FAILED = 1;
const EXIT_PANIC = 101;
/** How long the request in hand may take to end after a signal. */
const STOP_MS = 1000;

try {
  await run(readInvocation(process.argv.slice(2)));
} catch (thrown) {
  const { is_panic, message, error_code, backtrace } = describeFailure(thrown);
  log('ERROR', { is_panic, error_code: error_code ?? '', message, ...(backtrace && { backtrace }) });
  process.exitCode = is_panic ? EXIT_PANIC : EXIT_FAILED;
}
// The engine leaves timers running (10 s for a lock that it got long ago), which would keep the process alive.
await Promise.all([process.stdout, process.stderr].map(written));
process.exit();

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

async function run(invocation: Invocation): Promise<void> {
  switch (invocation.kind) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'version':
      process.stdout.write(`schema-engine-cli ${await engineVersion()}\n`);
      return;
    case 'subcommand':
      log('INFO', { message: 'Starting schema engine CLI' });
      log('INFO', { message: await runSubcommand(invocation.subcommand, invocation.datasource) });
      return;
    case 'rpc':
      log('INFO', { message: 'Starting schema engine RPC server' });
      await answerRequests(invocation.datasource, invocation.datamodels);
  }
}

/** @returns what was done, as the native engine words it */
async function runSubcommand(subcommand: Subcommand, datasource: Datasource): Promise<string> {
  if (datasource.url === undefined) throw new Error('The datasource.url property is required.');
  const target = readTarget(datasource.url);
  switch (subcommand) {
    case 'can-connect-to-database':
      await checkConnection(target);
      return 'Connection successful';
    case 'create-database':
      await createDatabase(target);
      return `Database '${target.database}' was successfully created.`;
    case 'drop-database':
      await dropDatabase(target);
      return 'The database was successfully dropped.';
  }
}

async function answerRequests(datasource: Datasource, files: readonly string[]): Promise<void> {
  const datamodels = await Promise.all(
    files.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  );
  const writeLine = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  let printed = 0;
  const methods = engineMethods({
    datasource,
    datamodels,
    log: forwardLog,
    // The CLI adds the last newline itself.
    print: (text) =>
      writeLine(
        JSON.stringify({
          jsonrpc: '2.0',
          method: 'print',
          params: { content: text.endsWith('\n') ? text.slice(0, -1) : text },
          id: printed++,
        }),
      ),
  });
  // The CLI ends its engine by closing stdin and sending SIGTERM at once.
  const stopping = new AbortController();
  const stop = (): void => {
    setTimeout(() => process.exit(), STOP_MS).unref();
    stopping.abort();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await serve({ input: process.stdin, signal: stopping.signal, write: writeLine, find: methods.find });
  } finally {
    await methods.close();
  }
}
