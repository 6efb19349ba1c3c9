import { describe, expect, it } from 'vitest';
import { KnownFailure } from './failure.ts';
import { explainScriptFailure } from './script-failure.ts';

const script = ['-- Größe 📏', 'CREATE TABLE a ();', '', 'CREATE TABEL b ();'].join('\n');
const params = {
  migrationsList: {
    migrationDirectories: [
      { path: '1_first', migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: 'SELECT 1' } } },
      { path: '2_second', migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } } },
    ],
  },
};
// As Postgres counts: characters, from 1.
const position = String([...script.slice(0, script.indexOf('TABEL'))].length + 1);
const refused = Object.assign(new Error('syntax error at or near "TABEL"'), {
  severity: 'ERROR',
  code: '42601',
  hint: 'Write TABLE.',
  position,
});
const vague = new Error('external connector error');

describe('explainScriptFailure', () => {
  it('names the migration, the error and the line', () => {
    const explained = explainScriptFailure(vague, params, { sql: script, error: refused });
    expect(explained).toBeInstanceOf(KnownFailure);
    expect(explained).toMatchObject({
      code: 'P3018',
      meta: { migration_name: '2_second', database_error_code: '42601' },
    });
    expect((explained as KnownFailure).message).toContain(
      [
        'ERROR: syntax error at or near "TABEL"',
        'HINT: Write TABLE.',
        '',
        'Position:',
        '  1 -- Größe 📏',
        '  2 CREATE TABLE a ();',
        '  3',
        '  4 CREATE TABEL b ();',
      ].join('\n'),
    );
  });

  it('says why a migration could not be tried out', () => {
    const p3006 = Object.assign(
      new Error('Migration `x` failed to apply cleanly to the shadow database. \nError:\n?'),
      {
        code: 'P3006',
      },
    );
    const explained = explainScriptFailure(p3006, {}, { sql: script, error: refused }) as KnownFailure;
    expect(explained.code).toBe('P3006');
    expect(explained.message).toContain('Migration `x` failed to apply cleanly');
    expect(explained.message).toContain('syntax error at or near "TABEL"');
  });

  it.each([
    ['nothing was refused', vague, undefined],
    ['it was another statement', vague, { sql: 'SELECT 2', error: refused }],
    ['it has a code', Object.assign(new Error('x'), { code: 'P3009' }), { sql: script, error: refused }],
  ])('leaves an error alone when %s', (_, thrown, failed) => {
    expect(explainScriptFailure(thrown, params, failed)).toBe(thrown);
  });
});
