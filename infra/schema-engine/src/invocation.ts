import { parseArgs } from 'node:util';

/** Where the database is, as Prisma's CLI takes it from `prisma.config.ts`. */
export interface Datasource {
  readonly url?: string;
  readonly shadowDatabaseUrl?: string;
}

const subcommands = ['can-connect-to-database', 'create-database', 'drop-database'] as const;
export type Subcommand = (typeof subcommands)[number];

/** What Prisma's CLI asks of the executable when it starts it. */
export type Invocation =
  | { readonly kind: 'rpc'; readonly datasource: Datasource; readonly datamodels: readonly string[] }
  | { readonly kind: 'subcommand'; readonly subcommand: Subcommand; readonly datasource: Datasource }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' };

export const usage = `Speaks the protocol of Prisma's schema engine over @prisma/schema-engine-wasm.

Usage: schema-engine [options]                    answer JSON-RPC requests, one a line, on stdin and stdout
       schema-engine [options] cli <subcommand>   ${subcommands.join(', ')}

Options:
  -d, --datamodels <file>   a Prisma schema file; may be repeated
      --datasource <json>   {"url": …, "shadowDatabaseUrl"?: …}
  -V, --version
  -h, --help
`;

/**
 * Reads the command line.
 * @throws {Error} in one sentence, when it is not one that Prisma's CLI would use.
 */
export function readInvocation(argv: readonly string[]): Invocation {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      datamodels: { type: 'string', short: 'd', multiple: true },
      datasource: { type: 'string' },
      // Sent by the CLI; the WebAssembly engine reads preview features from the schema and knows no extension types.
      'enabled-preview-features': { type: 'string' },
      'extension-types': { type: 'string' },
      version: { type: 'boolean', short: 'V' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const datasource = readDatasource(values.datasource);
  if (positionals.length === 0) return { kind: 'rpc', datasource, datamodels: values.datamodels ?? [] };
  const [group, name, ...rest] = positionals;
  const subcommand = subcommands.find((known) => known === name);
  if (group !== 'cli' || subcommand === undefined || rest.length > 0) {
    throw new Error(`Unknown command "${positionals.join(' ')}": only "cli" with ${subcommands.join(', ')} is known.`);
  }
  return { kind: 'subcommand', subcommand, datasource };
}

function readDatasource(json: string | undefined): Datasource {
  if (json === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new Error('--datasource is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Error('--datasource is not a JSON object.');
  const text = (key: 'url' | 'shadowDatabaseUrl'): Datasource => {
    const value: unknown = Reflect.get(parsed, key);
    return typeof value === 'string' && value !== '' ? { [key]: value } : {};
  };
  return { ...text('url'), ...text('shadowDatabaseUrl') };
}
