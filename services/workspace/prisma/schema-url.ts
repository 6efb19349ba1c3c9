/** The Postgres schema of this service: the database is shared, its tables and their migrations are not. */
export const SCHEMA = 'workspace';

/** The same database, with the schema in the form that Prisma reads. */
export function inSchema(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('schema', SCHEMA);
  return url.toString();
}
