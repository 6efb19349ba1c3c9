import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import { FORGET_AFTER_SECONDS } from './lockout.ts';

const EVERY_MS = 10 * 60_000;
/** A gateway that was cut off for longer forgets everything that it keeps. */
const KEEP_REVOCATIONS_HOURS = 24;
/** Longer than the token of a logout is taken, and than a login may be at its provider. */
const KEEP_PROVIDER_LOGOUTS_HOURS = 24;

/** Nothing reads these rows any more. The newest revocation stays: versions go on from it. */
const STATEMENTS = [
  'DELETE FROM logins WHERE expires_at < now()',
  'DELETE FROM login_steps WHERE expires_at < now()',
  'DELETE FROM provider_steps WHERE expires_at < now()',
  `DELETE FROM provider_logouts WHERE at < now() - make_interval(hours => ${KEEP_PROVIDER_LOGOUTS_HOURS})`,
  "DELETE FROM links WHERE expires_at < now() - interval '30 days'",
  `DELETE FROM login_failures WHERE last_at < now() - make_interval(secs => ${FORGET_AFTER_SECONDS})`,
  `DELETE FROM revocations WHERE at < now() - make_interval(hours => ${KEEP_REVOCATIONS_HOURS})
    AND version < (SELECT max(version) FROM revocations)`,
];

export async function deleteExpired(database: Database): Promise<void> {
  for (const sql of STATEMENTS) await database.statement(sql);
}

export const startDeletingExpired = ({ database, log }: { database: Database; log: Log }): Loop =>
  startLoop({ name: 'expired rows', everyMs: EVERY_MS, log, run: () => deleteExpired(database) });
