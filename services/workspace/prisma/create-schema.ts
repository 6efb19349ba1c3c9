// Makes the Postgres schema of this service, in which Prisma then keeps its tables and its list of migrations.
import pg from 'pg';
import { SCHEMA } from './schema-url.ts';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: 'baton-migrate' });
client.on('error', () => {});
try {
  await client.connect();
  // Looked up first: creating one that exists needs a right to create it, too.
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [SCHEMA]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
} catch (error) {
  process.stderr.write(`The schema could not be made: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await client.end().catch(() => {});
}
