import type { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** What Postgres refused, and its answer as `pg` gives it (code, detail, position …), which adapter-pg shortens. */
export interface FailedQuery {
  readonly sql: string;
  readonly error: Error;
}

interface Hooks {
  onFailedQuery(failed: FailedQuery): void;
  onDispose(): Promise<void>;
}

/** OID of Postgres' internal one-byte type `"char"`, which its catalogue keeps flags in. */
const INTERNAL_CHAR = 18;
const TEXT = 25;

/**
 * Makes adapter-pg behave as the native engine's driver where the two differ:
 * - a script goes to Postgres whole, as one transaction. adapter-pg cuts it at every semicolon, also at those in
 *   comments, strings and function bodies, and leaves what came before an error behind;
 * - columns of type `"char"`, which the engine reads from the catalogue and adapter-pg refuses, are characters.
 */
export function asNativeDriver(adapter: Adapter, hooks: Hooks): SqlDriverAdapter {
  const characterColumns = watchQueries(adapter, hooks.onFailedQuery);
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    async queryRaw(query) {
      const result = await adapter.queryRaw(query);
      for (const column of characterColumns(result.rows)) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    },
    executeRaw: (query) => adapter.executeRaw(query),
    async executeScript(script) {
      // Without arguments, `pg` uses the simple protocol: any number of statements, one implicit transaction.
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    },
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => adapter.getConnectionInfo(),
    dispose: () => hooks.onDispose(),
  };
}

interface QueryResult {
  readonly rows: unknown[][];
  readonly fields: { dataTypeID: number }[];
}

/**
 * Puts itself between adapter-pg and its pool, to see what adapter-pg does not pass on.
 * @returns which columns of a result's rows are of type `"char"`
 */
function watchQueries(adapter: Adapter, onFailedQuery: Hooks['onFailedQuery']): (rows: unknown[][]) => number[] {
  const characterColumns = new WeakMap<unknown[][], number[]>();
  // adapter-pg calls the pool's `query` in one way only: with a config object whose `rowMode` is `array`.
  const pool = adapter.underlyingDriver() as unknown as {
    query(config: { text: string }): Promise<QueryResult | QueryResult[]>;
  };
  const query = pool.query.bind(pool);
  pool.query = async (config) => {
    let answer: QueryResult | QueryResult[];
    try {
      answer = await query(config);
    } catch (thrown) {
      if (thrown instanceof Error) onFailedQuery({ sql: config.text, error: thrown });
      throw thrown;
    }
    // A script of several statements has as many results, which nobody reads.
    if (!Array.isArray(answer)) characterColumns.set(answer.rows, hideInternalChars(answer));
    return answer;
  };
  return (rows) => characterColumns.get(rows) ?? [];
}

function hideInternalChars({ fields }: QueryResult): number[] {
  const found: number[] = [];
  for (const [index, field] of fields.entries()) {
    if (field.dataTypeID !== INTERNAL_CHAR) continue;
    field.dataTypeID = TEXT;
    found.push(index);
  }
  return found;
}
