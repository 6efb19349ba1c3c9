import { expect, it } from 'vitest';
import { losesData, migrationName, withTimestamp } from './new-migration.ts';

it('names a migration by its words', () => {
  expect(migrationName('Add the tags, to sessions!')).toBe('add_the_tags_to_sessions');
  expect(migrationName('../../x')).toBe('x');
  expect(() => migrationName(' … ')).toThrow('A migration needs a name');
  expect(withTimestamp('add_tags', new Date('2026-11-29T08:09:10.123Z'))).toBe('20261129080910_add_tags');
});

it('finds what deletes data', () => {
  const sql =
    'ALTER TABLE "a" ADD COLUMN "x" TEXT;\nALTER TABLE "a" DROP COLUMN "y";\nDROP INDEX "i";\nDROP TABLE "b";';
  expect(losesData(sql)).toEqual(['ALTER TABLE "a" DROP COLUMN "y";', 'DROP TABLE "b";']);
});
