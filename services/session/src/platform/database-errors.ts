import { Unavailable } from '@baton/runtime';

/**
 * What can go wrong between this process and Postgres, told apart by what the caller may do about it.
 * `Unavailable`, of the runtime, is the one in which certainly nothing was done.
 */

/** The connection broke while a statement was under way: it may or may not have been committed. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
}

/** Undone by Postgres because of another transaction (SQLSTATE 40001, 40P01): to be tried again. */
export class WriteConflict extends Error {
  override name = 'WriteConflict';
}

/** Undone: a unique index has this already (23505). */
export class AlreadyThere extends Error {
  override name = 'AlreadyThere';
}

/** Undone: somebody else held a row for too long (55P03). */
export class LockedOut extends Unavailable {
  override name = 'LockedOut';
}

/** Anything else that Postgres or Prisma refuses: a fault of ours. Says nothing of the values in the statement. [S5] */
export class DatabaseFault extends Error {
  override name = 'DatabaseFault';
}
