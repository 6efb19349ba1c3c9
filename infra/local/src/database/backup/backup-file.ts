import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

// A backup is gzipped text: a line about it, each table as Postgres' own COPY prints it, and a line that says what must
// be in it. It is also SQL, so psql can load it into a database that has been migrated as far.

/** Which migration, and of which text: SHA-256, as Prisma notes it. */
export interface MigrationState {
  name: string;
  checksum: string;
}

export interface BackupHead {
  madeAt: string;
  /** The database's state, oldest first: restoring makes these tables and no others. */
  migrations: MigrationState[];
}

export interface TableSum {
  rows: number;
  sha256: string;
}

export interface BackupEnd {
  tables: Record<string, TableSum>;
  sequences: Record<string, { value: string; called: boolean }>;
}

export type BackupPart =
  | { kind: 'head'; head: BackupHead }
  | { kind: 'table'; table: string; copy: string; data: AsyncIterable<Buffer> }
  | { kind: 'end'; end: BackupEnd };

const HEAD = '-- Baton backup, version 1: ';
const END = '-- End of the backup: ';
const COPY = /^COPY "([^"]+)" \(("[^"]+"(?:, "[^"]+")*)\) FROM stdin;$/;
const NEWLINE = 0x0a;

export const headLine = (head: BackupHead) => `${HEAD}${JSON.stringify(head)}\n`;
export const endLine = (end: BackupEnd) => `${END}${JSON.stringify(end)}\n`;
export const copyLine = (table: string, columns: readonly string[]) =>
  `COPY "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) FROM stdin;\n`;
export const DATA_END = '\\.\n\n';

/** Passes a table's data on, and computes its checksum. */
export class Sum extends Transform {
  #hash = createHash('sha256');
  #rows = 0;

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.#hash.update(chunk);
    // A line break within a value is written as \n in two characters, so each of these ends a row.
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.#rows += 1;
    done(null, chunk);
  }

  result(): TableSum {
    return { rows: this.#rows, sha256: this.#hash.digest('hex') };
  }
}

/**
 * The parts of a backup in their order; a table's data must be read before the next part is asked for.
 * @throws when the file is not a backup, is damaged, or ends too early
 */
export async function* readBackup(file: string): AsyncGenerator<BackupPart> {
  const text = createReadStream(file);
  const lines = new Lines(text.pipe(createGunzip()));
  text.on('error', (error) => lines.source.destroy(error));
  try {
    const first = await lines.next();
    if (!first?.startsWith(HEAD)) throw new Error(`${file} is not a backup of Baton`);
    // Written by headLine.
    yield { kind: 'head', head: JSON.parse(first.slice(HEAD.length)) as BackupHead };
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
      const [copy, table] = COPY.exec(line) ?? [];
      if (copy !== undefined && table !== undefined) yield { kind: 'table', table, copy, data: lines.data() };
      else if (line.startsWith(END)) {
        // Written by endLine.
        yield { kind: 'end', end: JSON.parse(line.slice(END.length)) as BackupEnd };
        return;
      }
    }
    throw new Error(`${file} ends too early: it is not the whole of a backup`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new Error(`${file} is damaged, cut off, or not a backup of Baton (${error.message})`, { cause: error });
    }
    throw error;
  } finally {
    text.destroy();
  }
}

class Lines {
  readonly source: ReturnType<typeof createGunzip>;
  #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: ReturnType<typeof createGunzip>) {
    this.source = source;
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }

  async next(): Promise<string | undefined> {
    let end = this.#rest.indexOf(NEWLINE);
    while (end < 0) {
      if (!(await this.#more())) return undefined;
      end = this.#rest.indexOf(NEWLINE);
    }
    const line = this.#rest.subarray(0, end).toString('utf8');
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  /** Whole rows, up to the line that ends them. What is kept back begins where a line does. */
  async *data(): AsyncGenerator<Buffer> {
    for (;;) {
      const ended = this.#rest.subarray(0, 3).equals(Buffer.from('\\.\n'));
      const next = ended ? 0 : this.#rest.indexOf('\n\\.\n') + 1;
      const upTo = ended || next > 0 ? next : this.#rest.lastIndexOf(NEWLINE) + 1;
      if (upTo > 0) yield this.#rest.subarray(0, upTo);
      this.#rest = this.#rest.subarray(upTo);
      if (ended || next > 0) {
        this.#rest = this.#rest.subarray(3);
        return;
      }
      if (!(await this.#more())) throw new Error('the backup ends within a table: it is not whole');
    }
  }
}
