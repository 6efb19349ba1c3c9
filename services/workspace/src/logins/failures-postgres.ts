import type { Statements } from '@baton/postgres';
import { NOBODY } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { FORGET_AFTER_SECONDS, type LockoutRule, lockoutRules, lockSeconds } from './lockout.ts';

/** Whom attempts are counted for: hashes, so that no address is kept. */
export interface AttemptBy {
  mail: string;
  address: string;
}

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

  const takeBack = async (on: Statements, address: string): Promise<void> => {
    await on.statement(
      `/* take back login attempt */
      UPDATE login_failures SET failures = greatest(failures - 1, 0),
        locked_until = CASE WHEN failures - 1 < $2 THEN NULL ELSE locked_until END
      WHERE key = $1`,
      `address:${address}`,
      lockoutRules.address.free,
    );
  };

  return {
    /** Counts an attempt; false when it may not be made now. The one that locks the account is noted. */
    async begin({ mail, address }: AttemptBy): Promise<boolean> {
      try {
        return await database.transaction(async (transaction) => {
          // Always in this order, so that two attempts do not wait for each other.
          await count(transaction, `address:${address}`, lockoutRules.address);
          const failures = await count(transaction, `mail:${mail}`, lockoutRules.mail);
          if (failures === lockoutRules.mail.free)
            await noteInAudit(transaction, { by: NOBODY, action: 'login.locked', on: { kind: 'mail', id: mail } });
          return true;
        });
      } catch (error) {
        if (error instanceof Locked) return false;
        throw error;
      }
    },

    /**
     * The same for a login that no password is tried for; false when none may be made from this network address now.
     */
    async beginFrom(address: string): Promise<boolean> {
      try {
        await database.transaction((transaction) => count(transaction, `address:${address}`, lockoutRules.address));
        return true;
      } catch (error) {
        if (error instanceof Locked) return false;
        throw error;
      }
    },

    /**
     * The attempt was none, or the first proof was right and a second factor is still to come: it no longer counts
     * against the network address. It still counts against the account, so that guesses of codes are limited.
     */
    takeBack: (address: string): Promise<void> => takeBack(database, address),

    /** The login succeeded: it no longer counts against the network address, and the account's count is reset. */
    async succeeded({ mail, address }: AttemptBy): Promise<void> {
      await database.transaction(async (transaction) => {
        await takeBack(transaction, address);
        await transaction.statement(
          '/* forget login failures */ DELETE FROM login_failures WHERE key = $1',
          `mail:${mail}`,
        );
      });
    },
  };
}
