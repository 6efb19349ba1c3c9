/**
 * Log lines as the native engine writes them: JSON, one a line, on stderr.
 * Prisma's CLI parses every line but the first, and takes an error's code and text from the last of level ERROR whose
 * target is `schema_engine::logger`. So nothing but these lines may reach stderr, and the first must be no error.
 */
export interface LogFields {
  readonly message: string;
  readonly [field: string]: unknown;
}

export function log(level: 'INFO' | 'WARN' | 'ERROR', fields: LogFields): void {
  writeLine({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' });
}

/** Passes on a line of the WebAssembly engine's own log: JSON with a newline at its end. */
export function forwardLog(line: string): void {
  process.stderr.write(line.endsWith('\n') ? line.trimEnd().concat('\n') : `${line}\n`);
}

function writeLine(line: object): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
