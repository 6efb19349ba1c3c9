export * from './errors.ts';
export * from './measure.ts';
export { openPostgres, type Postgres, type Statements } from './pool-postgres.ts';
