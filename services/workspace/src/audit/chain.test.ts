import { describe, expect, it } from 'vitest';
import { checkChain, EMPTY_CHAIN, hashOfRow, type StoredAuditRow } from './chain.ts';

function chain(length: number): StoredAuditRow[] {
  let previousHash = EMPTY_CHAIN.hash;
  return Array.from({ length }, (_, index) => {
    const row: StoredAuditRow = {
      seq: index + 1,
      at: new Date(1_700_000_000_000 + index),
      actorKind: 'system',
      actorId: null,
      action: 'login.ended',
      subjectKind: null,
      subjectId: null,
      details: JSON.stringify({ index }),
      previousHash,
      hash: Buffer.alloc(32),
    };
    row.hash = hashOfRow(row);
    previousHash = row.hash;
    return row;
  });
}

describe('a chain', () => {
  it('is whole in one piece or in several', () => {
    const rows = chain(10);
    const first = checkChain(EMPTY_CHAIN, rows.slice(0, 4));
    if (first.kind !== 'whole') throw new Error('broken');
    expect(checkChain(first.end, rows.slice(4))).toMatchObject({ kind: 'whole', end: { seq: 10 } });
    expect(checkChain(EMPTY_CHAIN, [])).toEqual({ kind: 'whole', end: EMPTY_CHAIN });
  });

  it.each(['actorId', 'subjectKind', 'subjectId', 'action', 'details', 'at'] as const)(
    'breaks where %s was changed',
    (field) => {
      const rows = chain(5).map((row, index) =>
        index === 2 ? { ...row, [field]: field === 'at' ? new Date(0) : 'another' } : row,
      );
      expect(checkChain(EMPTY_CHAIN, rows)).toMatchObject({ kind: 'broken', seq: 3 });
    },
  );

  it('breaks where a row is missing, and where one was made again with its own hash', () => {
    const rows = chain(5);
    expect(checkChain(EMPTY_CHAIN, rows.toSpliced(2, 1))).toMatchObject({
      kind: 'broken',
      seq: 3,
      why: 'it is missing',
    });
    const forged = rows.map((row, index) => {
      if (index !== 2) return row;
      const other = { ...row, details: '{}' };
      return { ...other, hash: hashOfRow(other) };
    });
    expect(checkChain(EMPTY_CHAIN, forged)).toMatchObject({ kind: 'broken', seq: 4 });
  });
});
