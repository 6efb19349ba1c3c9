import type { Revocation } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import type { Database } from '../platform/database-postgres.ts';

interface Row extends Omit<Revocation, 'version' | 'at'> {
  version: bigint;
  at: Date;
}
const toRevocation = ({ version, at, ...rest }: Row): Revocation => ({
  ...rest,
  version: Number(version),
  at: at.toISOString(),
});
const COLUMNS = 'version, subject, subject_id AS id, reason, at';

/** Notes what no longer holds, in the transaction that ends it. As with the audit log, it comes last. */
export async function revoke(
  transaction: Statements,
  subject: Revocation['subject'],
  id: string,
  reason: Revocation['reason'],
): Promise<Revocation> {
  const [row] = await transaction.statement<Row>(
    `/* revoke */ INSERT INTO revocations (version, subject, subject_id, reason) VALUES (0, $1, $2, $3) RETURNING ${COLUMNS}`,
    subject,
    id,
    reason,
  );
  if (row === undefined) throw new Error('a revocation was not noted');
  return toRevocation(row);
}

export function createRevocationStore(database: Database) {
  return {
    /** What was revoked after a version; without one, where the list stands. */
    async readSince(version: number | undefined, limit: number) {
      const [state] = await database.statement<{ oldest: bigint | null; newest: bigint | null }>(
        '/* revocations state */ SELECT min(version) AS oldest, max(version) AS newest FROM revocations',
      );
      const newest = Number(state?.newest ?? 0);
      if (version === undefined) return { version: newest, revocations: [], hasMore: false, tooOld: false };
      // A version that was never given is of another database, such as one before a restore.
      const oldest = Number(state?.oldest ?? 1);
      if (version < oldest - 1 || version > newest)
        return { version: newest, revocations: [], hasMore: false, tooOld: true };
      const rows = await database.statement<Row>(
        `/* revocations since */ SELECT ${COLUMNS} FROM revocations WHERE version > $1 ORDER BY version LIMIT $2`,
        version,
        limit + 1,
      );
      const revocations = rows.slice(0, limit).map(toRevocation);
      return {
        version: revocations.at(-1)?.version ?? version,
        revocations,
        hasMore: rows.length > limit,
        tooOld: false,
      };
    },
  };
}
