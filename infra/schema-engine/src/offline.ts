import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

/** The Postgres that an offline comparison is for, as `server_version_num` has it. */
const ASSUMED_VERSION = 160000;

/**
 * A database that is not there. The engine asks one thing of its database when it starts, whether the schema exists
 * and which version it is; to compare two Prisma schema files it asks no more.
 */
export const offline: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: async () => adapter,
  connectToShadowDb: unavailable,
};

const adapter: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  async queryRaw(query) {
    if (!query.sql.includes('server_version_num')) return unavailable();
    return {
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, `PostgreSQL ${ASSUMED_VERSION / 10_000}`, ASSUMED_VERSION]],
    };
  },
  executeRaw: unavailable,
  executeScript: unavailable,
  startTransaction: unavailable,
  getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  dispose: async () => {},
};

async function unavailable(): Promise<never> {
  throw new Error('This comparison needs a database.');
}

/** Whether `diff` with these parameters compares nothing but schema files. */
export function comparesFilesOnly(params: unknown): boolean {
  return ['from', 'to'].every((side) => {
    const target: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, side) : undefined;
    const tag: unknown = typeof target === 'object' && target !== null ? Reflect.get(target, 'tag') : undefined;
    return tag === 'empty' || tag === 'schemaDatamodel';
  });
}
