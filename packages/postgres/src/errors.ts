import { Unavailable } from '@baton/runtime';

/**
 * Errors of Postgres and the connection to it, by what the caller may do about them. The runtime's `Unavailable` means
 * that certainly nothing was committed, its `OutcomeUnknown` that the connection broke while a statement was under way.
 */

/** Postgres rolled back because of another transaction (SQLSTATE 40001, 40P01). Retry. */
export class WriteConflict extends Error {
  override name = 'WriteConflict';
}

/** Rolled back: a unique index has this value already (23505). */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation';
}

/** Rolled back: another transaction locked a row for too long (55P03). */
export class LockTimeout extends Unavailable {
  override name = 'LockTimeout';
}

/** Any other error of Postgres or Prisma: a bug. Its message contains no values of the statement. [S5] */
export class DatabaseFault extends Error {
  override name = 'DatabaseFault';
}
