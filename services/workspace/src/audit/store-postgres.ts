import type { AuditRow, JsonObject } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { countFitting } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';
import type { StoredAuditRow } from './chain.ts';
import type { AuditNote } from './note.ts';

const COLUMNS = `seq, at, actor_kind AS "actorKind", actor_id AS "actorId", action, subject_kind AS "subjectKind",
  subject_id AS "subjectId", details, previous_hash AS "previousHash", hash`;

type Row = Omit<StoredAuditRow, 'seq'> & { seq: bigint };
const toStored = (row: Row): StoredAuditRow => ({ ...row, seq: Number(row.seq) });

/**
 * Adds to the audit log. The last statement of a transaction: until it commits, no other one can add.
 */
export async function noteInAudit(transaction: Statements, { by, action, on, details = {} }: AuditNote): Promise<void> {
  await transaction.statement(
    `/* note in audit */
    INSERT INTO audit_log (seq, at, actor_kind, actor_id, action, subject_kind, subject_id, details, previous_hash, hash)
    VALUES (0, now(), $1, $2, $3, $4, $5, $6, '', '')`,
    by.kind,
    by.id,
    action,
    on?.kind ?? null,
    on?.id ?? null,
    JSON.stringify(details),
  );
}

export function createAuditStore(database: Database) {
  return {
    /** A page, the newest first. */
    async list(which: {
      beforeSeq?: number | undefined;
      limit: number;
      actions?: readonly string[] | undefined;
      actorId?: string | undefined;
      subjectId?: string | undefined;
      from?: string | undefined;
      until?: string | undefined;
    }): Promise<{ rows: AuditRow[]; hasMore: boolean }> {
      const found = await database.statement<Row>(
        `SELECT ${COLUMNS} FROM audit_log
        WHERE ($1::bigint IS NULL OR seq < $1) AND ($2::text[] IS NULL OR action = ANY ($2))
          AND ($3::text IS NULL OR actor_id = $3) AND ($4::text IS NULL OR subject_id = $4)
          AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
        ORDER BY seq DESC LIMIT $7`,
        which.beforeSeq ?? null,
        which.actions ?? null,
        which.actorId ?? null,
        which.subjectId ?? null,
        which.from ?? null,
        which.until ?? null,
        which.limit + 1,
      );
      const page = found.slice(0, which.limit).map(toStored).map(toAuditRow);
      const rows = page.slice(0, countFitting(page));
      return { rows, hasMore: rows.length < found.length };
    },

    /** In the order of the chain, for checking it. */
    async readAfter(seq: number, limit: number): Promise<StoredAuditRow[]> {
      const rows = await database.statement<Row>(
        `SELECT ${COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2`,
        seq,
        limit,
      );
      return rows.map(toStored);
    },
  };
}

function toAuditRow(row: StoredAuditRow): AuditRow {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actorKind: row.actorKind,
    actorId: row.actorId,
    action: row.action,
    subjectKind: row.subjectKind,
    subjectId: row.subjectId,
    // Written by `noteInAudit` from an object.
    details: JSON.parse(row.details) as JsonObject,
    hash: row.hash.toString('hex'),
  };
}
