import { createHash } from 'node:crypto';

/** A row as Postgres has it. */
export interface StoredAuditRow {
  seq: number;
  at: Date;
  actorKind: string;
  actorId: string | null;
  action: string;
  subjectKind: string | null;
  subjectId: string | null;
  /** The JSON as it was written. */
  details: string;
  previousHash: Buffer;
  hash: Buffer;
}

const FIRST_PREVIOUS_HASH = Buffer.alloc(32);

/** The same text as `audit_text` of the migration makes: each field on a line of its own. */
function textOf(row: StoredAuditRow): string {
  return [
    row.seq,
    row.at.getTime(),
    row.actorKind,
    row.actorId ?? '',
    row.action,
    row.subjectKind ?? '',
    row.subjectId ?? '',
    row.details,
    row.previousHash.toString('hex'),
  ].join('\n');
}

export const hashOfRow = (row: StoredAuditRow): Buffer => createHash('sha256').update(textOf(row)).digest();

/** Where the chain stands: the last row that was checked. */
export interface ChainEnd {
  seq: number;
  hash: Buffer;
}
export const EMPTY_CHAIN: ChainEnd = { seq: 0, hash: FIRST_PREVIOUS_HASH };

export type ChainCheck = { kind: 'whole'; end: ChainEnd } | { kind: 'broken'; seq: number; why: string };

/** Checks rows, in their order, as the continuation of a chain. */
export function checkChain(end: ChainEnd, rows: Iterable<StoredAuditRow>): ChainCheck {
  let last = end;
  for (const row of rows) {
    const expected = last.seq + 1;
    if (row.seq !== expected) return { kind: 'broken', seq: expected, why: 'it is missing' };
    if (!row.previousHash.equals(last.hash))
      return { kind: 'broken', seq: row.seq, why: 'it does not follow the row before' };
    if (!row.hash.equals(hashOfRow(row))) return { kind: 'broken', seq: row.seq, why: 'it is not what was written' };
    last = { seq: row.seq, hash: row.hash };
  }
  return { kind: 'whole', end: last };
}
