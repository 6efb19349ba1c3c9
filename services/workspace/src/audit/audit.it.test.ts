import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, refusal, startWorkspace } from '../../test/workspace.ts';
import { hashOfRow } from './chain.ts';
import { type AuditNote, SYSTEM } from './note.ts';
import { noteInAudit } from './store-postgres.ts';

const space = await testSpace();
const { workspace, database, stores, person, logIn } = await startWorkspace(space);
const owner = await person('owner');
const { credential } = owner;

const note = (what: AuditNote) => database.transaction((transaction) => noteInAudit(transaction, what));

const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'audit-test' });
beforeAll(async () => {
  await db.connect();
  await db.query('SET search_path TO workspace');
});
afterAll(() => db.end());

const FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const verify = async (...args: string[]) => {
  const env = { PATH: process.env.PATH, DATABASE_URL: space.databaseUrl };
  return promisify(execFile)(process.execPath, ['tools/verify-audit.ts', ...args], { cwd: FOLDER, env }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, output: error.stderr }),
  );
};

describe('the audit log', () => {
  it('tells who did what to whom, the newest first, by pages and filters', async () => {
    const agent = await person();
    accepted(await workspace.assignRole({ credential, accountId: agent.id, roleId: 'viewer' }));
    accepted(await logIn(agent.mail));
    const all = accepted(await workspace.listAudit({ credential }));
    expect(all.rows[0]).toMatchObject({ action: 'login.started', actorKind: 'account', actorId: agent.id });
    expect(all.rows[1]).toMatchObject({
      action: 'role.assigned',
      actorId: owner.id,
      subjectKind: 'account',
      subjectId: agent.id,
      details: { roleId: 'viewer' },
    });
    const first = accepted(await workspace.listAudit({ credential, limit: 1 }));
    expect(first).toMatchObject({ hasMore: true, rows: [{ seq: all.rows[0]?.seq }] });
    const next = accepted(await workspace.listAudit({ credential, limit: 1, beforeSeq: first.rows[0]?.seq }));
    expect(next.rows).toEqual([all.rows[1]]);
    const of = async (filter: object) => accepted(await workspace.listAudit({ credential, ...filter })).rows;
    expect(new Set((await of({ actions: ['role.assigned'] })).map(({ action }) => action))).toEqual(
      new Set(['role.assigned']),
    );
    expect((await of({ subjectId: agent.id })).every(({ subjectId }) => subjectId === agent.id)).toBe(true);
    expect((await of({ actorId: owner.id })).length).toBeGreaterThan(0);
    expect(await of({ until: all.rows.at(-1)?.at })).toEqual([]);
  });

  it('holds no mail address, token or password', async () => {
    const { rows } = await db.query("SELECT string_agg(details, '') AS all FROM audit_log");
    expect(rows[0].all).not.toMatch(/example\.com|bl_|bk_|correct horse/);
  });

  it('is for those with its permission', async () => {
    const { credential: agents } = await person();
    expect(refusal(await workspace.listAudit({ credential: agents }))).toBe('FORBIDDEN');
    expect(refusal(await workspace.listAudit({ credential: 'bl_nobody' }))).toBe('UNAUTHENTICATED');
  });

  it('is one chain, however many write at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        note({ by: SYSTEM, action: 'login.ended', details: { n, text: 'Grüße\n"an" \\ alle 🙂' } }),
      ),
    );
    const { rows } = await db.query<{ seq: string }>('SELECT seq FROM audit_log ORDER BY seq');
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, index) => index + 1));
    expect(await verify()).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^\d+ rows are whole: \d+:[0-9a-f]{64}\n$/),
    });
  });

  it.each(["UPDATE audit_log SET details = '{}'", 'DELETE FROM audit_log WHERE seq = 1', 'TRUNCATE audit_log'])(
    'refuses %s',
    async (sql) => {
      await expect(db.query(sql)).rejects.toThrow('only added to');
    },
  );

  it('gives a row its place and its hash whatever the writer says', async () => {
    await db.query(`INSERT INTO audit_log (seq, at, actor_kind, action, details, previous_hash, hash)
      VALUES (1, '2000-01-01', 'system', 'login.ended', '{}', 'x', 'y')`);
    expect((await verify()).code).toBe(0);
  });
});

describe('pnpm audit:verify', () => {
  /** Does what no role of ours can: the triggers are off meanwhile. */
  const tamper = async (sql: string) => {
    await db.query('ALTER TABLE audit_log DISABLE TRIGGER USER');
    await db.query(sql);
    await db.query('ALTER TABLE audit_log ENABLE TRIGGER USER');
  };

  it('shows by a row that was kept that the end is still there', async () => {
    const kept = /whole: (\S+)/.exec((await verify()).output)?.[1] ?? '';
    await note({ by: SYSTEM, action: 'login.ended' });
    expect((await verify(kept)).code).toBe(0);
    await tamper(`DELETE FROM audit_log WHERE seq >= ${Number(kept.split(':')[0])}`);
    expect((await verify()).code).toBe(0);
    expect(await verify(kept)).toMatchObject({ code: 1, output: expect.stringContaining('not the one that was kept') });
  });

  it('names the first row that was changed, taken out, or put in with a hash of its own', async () => {
    for (let n = 0; n < 8; n++) await note({ by: SYSTEM, action: 'login.ended', details: { n } });
    const [last] = (await db.query<{ seq: string }>('SELECT max(seq) AS seq FROM audit_log')).rows;
    const seq = Number(last?.seq);
    await tamper(`UPDATE audit_log SET details = '{"n":99}' WHERE seq = ${seq - 1}`);
    expect(await verify()).toMatchObject({ code: 1, output: expect.stringContaining(`Row ${seq - 1} `) });

    const [row] = (await stores.audit.readAfter(seq - 3, 1)).map((one) => ({ ...one, details: '{"forged":true}' }));
    if (row === undefined) throw new Error('the row is there');
    await tamper(
      `UPDATE audit_log SET details = '{"forged":true}', hash = '\\x${hashOfRow(row).toString('hex')}' WHERE seq = ${seq - 2}`,
    );
    expect(await verify()).toMatchObject({ code: 1, output: expect.stringContaining(`Row ${seq - 1} `) });

    await tamper(`DELETE FROM audit_log WHERE seq = ${seq - 4}`);
    expect(await verify()).toMatchObject({ code: 1, output: expect.stringContaining(`Row ${seq - 4} `) });
  });

  it('says how it is used', async () => {
    expect(await verify('nonsense')).toMatchObject({ code: 2 });
  });
});
