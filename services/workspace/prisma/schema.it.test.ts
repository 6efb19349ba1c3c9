import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const space = await testSpace();
const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'schema-test' });
beforeAll(() => db.connect());
afterAll(() => db.end());

describe('the migrations', () => {
  it('create what schema.prisma says', { timeout: 60_000 }, async () => {
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
    const args = [
      cli,
      'migrate',
      'diff',
      '--from-config-datasource',
      '--to-schema',
      'prisma/schema.prisma',
      '--exit-code',
    ];
    const env = { ...process.env, DATABASE_URL: space.databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env });
    expect(stdout.trim()).toBe('No difference detected.');
  });

  it('keep to a schema of their own', async () => {
    const { rows } = await db.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'workspace' ORDER BY 1",
    );
    expect(rows.map(({ name }) => name)).toContain('audit_log');
    const both = await db.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
        AND tablename IN (SELECT tablename FROM pg_tables WHERE schemaname = 'workspace')`,
    );
    expect(both.rows).toEqual([]);
  });
});

it('columns of type text in an index or a foreign key are compared byte by byte', async () => {
  const { rows } = await db.query(`
    SELECT DISTINCT c.relname || '.' || a.attname AS name
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'workspace'::regnamespace AND c.relname <> '_prisma_migrations'
      AND a.atttypid = 'text'::regtype AND a.attcollation <> '"C"'::regcollation
      AND (EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey))
        OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey) AND k.contype = 'f'))`);
  expect(rows).toEqual([]);
});

it.each([
  [
    'an account with a mail address in capitals',
    'accounts_mail_check',
    "INSERT INTO accounts (id, mail, name, role_id) VALUES ('a', 'A@b', 'n', 'agent')",
  ],
  [
    'a second factor without a secret',
    'accounts_totp_check',
    "INSERT INTO accounts (id, mail, name, role_id, totp_since) VALUES ('a', 'a@b', 'n', 'agent', now())",
  ],
  [
    'a role that nobody has defined',
    'accounts_role_id_fkey',
    "INSERT INTO accounts (id, mail, name, role_id) VALUES ('a', 'a@b', 'n', 'king')",
  ],
  [
    'permissions of a built-in role',
    'roles_built_in_check',
    "UPDATE roles SET permissions = '{audit:read}' WHERE id = 'agent'",
  ],
  [
    'a reset without an account',
    'links_reset_check',
    "INSERT INTO links (id, kind, token_hash, expires_at) VALUES ('l', 'reset', 'x', now())",
  ],
  [
    'a line feed in the audit log',
    'audit_log_lines_check',
    `INSERT INTO audit_log (seq, at, actor_kind, action, details, previous_hash, hash)
    VALUES (1, now(), 'system', E'a\\nb', '{}', '', '')`,
  ],
])('refuses %s', async (_, constraint, sql) => {
  await db.query('SET search_path TO workspace');
  await expect(db.query(sql)).rejects.toMatchObject({ constraint });
});
