import type { Statements } from '@baton/postgres';
import type { Database } from '../platform/database-postgres.ts';
import { FORGET_AFTER_SECONDS, type LockoutRule, lockoutRules, lockSeconds } from './lockout.ts';

/** Whom attempts are counted for: hashes, so that no address is kept. */
export interface AttemptBy {
  mail: string;
  address: string;
}

export type Attempt = { kind: 'locked' } | { kind: 'allowed'; locks: boolean };

/** A lock that began meanwhile: the attempt is not counted, so nothing of its transaction stays. */
class Locked extends Error {}

/**
 * Failed attempts to log in. An attempt counts as failed when it begins, so that however many are made at once, no more
 * than the rule says get to the password. The one that succeeds is taken back.
 */
export function createFailureStore(database: Database) {
  const count = async (transaction: Statements, key: string, rule: LockoutRule) => {
    // Locks the row, or makes it: attempts of one key follow each other.
    const [row] = await transaction.statement<{ failures: number; locked: boolean }>(
      `/* begin login attempt */
      INSERT INTO login_failures AS f (key) VALUES ($1)
      ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN f.last_at < now() - make_interval(secs => $2) THEN 0 ELSE f.failures END,
        locked_until = CASE WHEN f.last_at < now() - make_interval(secs => $2) THEN NULL ELSE f.locked_until END
      RETURNING failures, coalesce(locked_until > clock_timestamp(), false) AS locked`,
      key,
      FORGET_AFTER_SECONDS,
    );
    if (row === undefined || row.locked) throw new Locked();
    const failures = row.failures + 1;
    const seconds = lockSeconds(failures, rule);
    await transaction.statement(
      `/* count login attempt */
      UPDATE login_failures SET failures = $2, last_at = now(),
        locked_until = CASE WHEN $3::float > 0 THEN clock_timestamp() + make_interval(secs => $3) END
      WHERE key = $1`,
      key,
      failures,
      seconds,
    );
    return failures;
  };

  return {
    async begin({ mail, address }: AttemptBy): Promise<Attempt> {
      try {
        return await database.transaction(async (transaction) => {
          // Always in this order, so that two attempts do not wait for each other.
          await count(transaction, `address:${address}`, lockoutRules.address);
          const failures = await count(transaction, `mail:${mail}`, lockoutRules.mail);
          return { kind: 'allowed', locks: failures === lockoutRules.mail.free };
        });
      } catch (error) {
        if (error instanceof Locked) return { kind: 'locked' };
        throw error;
      }
    },

    /** The attempt was none: its address may try as before, and the account's count begins anew. */
    async succeeded({ mail, address }: AttemptBy): Promise<void> {
      await database.transaction(async (transaction) => {
        await transaction.statement(
          `/* take back login attempt */
          UPDATE login_failures SET failures = greatest(failures - 1, 0),
            locked_until = CASE WHEN failures - 1 < $2 THEN NULL ELSE locked_until END
          WHERE key = $1`,
          `address:${address}`,
          lockoutRules.address.free,
        );
        await transaction.statement(
          '/* forget login failures */ DELETE FROM login_failures WHERE key = $1',
          `mail:${mail}`,
        );
      });
    },
  };
}
