import { channels, type Revocation } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { accepted, from, PASSWORD, refusal, startWorkspace } from '../../test/workspace.ts';
import { deleteExpired } from './expired-rows-postgres.ts';
import { mailHash } from './lockout.ts';
import { createPasswords } from './passwords.ts';

const space = await testSpace();
const { workspace, bus, database, uses, person, logIn, grow } = await startWorkspace(space);

const revoked: Revocation[] = [];
await bus.subscribe(channels.workspace.revoked, {}, (revocation) => revoked.push(revocation)).ready();

/** The code that an app shows, so many half minutes from now: each is good for one login. */
const codeOf = (secret: string, steps = 0) => generate({ secret, epoch: Date.now() / 1_000 + steps * 30 });

const begun = async (mail: string): Promise<string> => {
  const reply = accepted(await logIn(mail));
  if (reply.done) throw new Error('no second factor was asked for');
  return reply.step;
};

describe('logging in by password', () => {
  it('gives a token that tells who has it, and is kept as a hash', async () => {
    const { id, mail } = await person('supervisor');
    const reply = accepted(await logIn(mail.toUpperCase()));
    if (!reply.done) throw new Error('not done');
    const { actor } = accepted(await workspace.authenticate({ credential: reply.login.token }));
    expect(actor).toMatchObject({ kind: 'account', accountId: id, roleId: 'supervisor', epoch: 1 });
    expect(actor.permissions).toContain('chats:manage');
    const [rows] = await database.statement<{ all: string }>(
      "SELECT string_agg(to_jsonb(l)::text, '') AS all FROM logins l",
    );
    expect(rows?.all).not.toContain(reply.login.token);
  });

  it('answers alike for a wrong password, no account, a suspended one and one without a password', async () => {
    const [wrong, suspended, without] = [await person(), await person(), await person()];
    await database.statement("UPDATE accounts SET status = 'suspended' WHERE id = $1", suspended.id);
    await database.statement('UPDATE accounts SET password_hash = NULL WHERE id = $1', without.id);
    const replies = [
      await logIn(wrong.mail, 'not the password'),
      await logIn('nobody@example.com'),
      await logIn(suspended.mail),
      await logIn(without.mail),
    ];
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  });

  it('derives a hash once, whether there is an account or not, and says so by as many statements', async () => {
    const { mail } = await person();
    const work = async (address: string) => {
      const before = process.cpuUsage();
      for (let n = 0; n < 4; n++) await logIn(address, `wrong password ${n}`);
      const { user } = process.cpuUsage(before);
      return user;
    };
    await work('warm@example.com');
    const [known, unknown] = [await work(mail), await work('unknown@example.com')];
    // A machine that does much else: the difference of a missing hash would be far more than half.
    expect(unknown).toBeGreaterThan(known * 0.3);
  });

  it('is granted even when what comes after it fails, such as hashing the password anew', async () => {
    const { id, mail } = await person();
    const costly = await createPasswords({ memory: 64, passes: 2, parallelism: 1 }).hash(PASSWORD);
    await database.statement('UPDATE accounts SET password_hash = $2 WHERE id = $1', id, costly);
    await database.statement(
      `ALTER TABLE accounts ADD CONSTRAINT no_hash CHECK (id <> '${id}' OR password_hash = '${costly}')`,
    );
    expect(accepted(await logIn(mail)).done).toBe(true);
    await database.statement('ALTER TABLE accounts DROP CONSTRAINT no_hash');
    expect(accepted(await logIn(mail)).done).toBe(true);
    const [row] = await database.statement<{ hash: string }>(
      'SELECT password_hash AS hash FROM accounts WHERE id = $1',
      id,
    );
    expect(row?.hash).toContain('t=1');
  });

  it.each(['', 'bl_', 'bk_', 'bl_made-up', 'anything', '../..', 'bl_\u0000'])(
    '%j is no credential',
    async (credential) => {
      const reply = await workspace.authenticate({ credential });
      expect(refusal(reply)).toBe(credential === '' ? 'VALIDATION_FAILED' : 'UNAUTHENTICATED');
    },
  );
});

describe('failed attempts', () => {
  const fail = (mail: string, address: string) => logIn(mail, 'not the password', address);

  it('make the account wait, whatever network they come from, and whether it exists or not', async () => {
    const { mail } = await person();
    for (const address of [mail, 'unknown-2@example.com']) {
      for (let n = 0; n < 5; n++) expect(refusal(await logIn(address, 'wrong password'))).toBe('UNAUTHENTICATED');
      expect(refusal(await logIn(address))).toBe('RATE_LIMITED');
    }
  });

  it('made at once are not more than those made one by one', async () => {
    const { mail } = await person();
    const replies = await Promise.all(Array.from({ length: 30 }, () => logIn(mail, 'wrong password')));
    expect(replies.filter((reply) => refusal(reply) === 'UNAUTHENTICATED')).toHaveLength(5);
  });

  it('make the network wait, whatever account they are for', async () => {
    for (let n = 0; n < 20; n++) await fail(`guess-${n}@example.com`, 'bad-network');
    const { mail } = await person();
    expect(refusal(await logIn(mail, PASSWORD, 'bad-network'))).toBe('RATE_LIMITED');
    expect((await logIn(mail, PASSWORD, 'good-network')).ok).toBe(true);
  });

  it('are forgotten when the right password comes, and a success counts for nothing', async () => {
    const { mail } = await person();
    for (let n = 0; n < 30; n++) {
      if (n % 3 > 0) await fail(mail, 'shared-office');
      else expect((await logIn(mail, PASSWORD, `desktop-${n}`)).ok).toBe(true);
    }
    for (let n = 0; n < 30; n++) expect((await logIn(mail, PASSWORD, 'busy-office')).ok).toBe(true);
  });

  it('are noted in the audit log when the wait begins, without the mail address', async () => {
    const { mail } = await person();
    for (let n = 0; n < 6; n++) await logIn(mail, 'wrong password');
    const rows = await database.statement<{ row: string }>(
      "SELECT to_jsonb(a)::text AS row FROM audit_log a WHERE action = 'login.locked'",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toContain('example.com');
  });

  it('are noted, too, when they are made where a password is changed', async () => {
    const { mail, credential } = await person();
    const request = { credential, current: 'wrong password', password: 'another long password' };
    for (let n = 0; n < 5; n++)
      expect(refusal(await workspace.changePassword({ ...request, ...from() }))).toBe('WRONG_PASSWORD');
    expect(refusal(await workspace.changePassword({ ...request, ...from() }))).toBe('RATE_LIMITED');
    const rows = await database.statement(
      "SELECT seq FROM audit_log WHERE action = 'login.locked' AND subject_id = $1",
      mailHash(mail),
    );
    expect(rows).toHaveLength(1);
  });

  it('are not counted when their lock cannot be noted', async () => {
    const { mail } = await person();
    for (let n = 0; n < 4; n++) await logIn(mail, 'wrong password');
    await database.statement("ALTER TABLE audit_log ADD CONSTRAINT no_lock CHECK (action <> 'login.locked') NOT VALID");
    expect(refusal(await logIn(mail, 'wrong password'))).toBe('INTERNAL');
    await database.statement('ALTER TABLE audit_log DROP CONSTRAINT no_lock');
    expect((await logIn(mail)).ok).toBe(true);
  });

  it('the wait ends', async () => {
    const { mail } = await person();
    for (let n = 0; n < 5; n++) await logIn(mail, 'wrong password');
    await database.statement("UPDATE login_failures SET locked_until = now() - interval '1 ms'");
    expect((await logIn(mail)).ok).toBe(true);
  });
});

describe('an authenticator app', () => {
  const withApp = async () => {
    const one = await person();
    const { credential } = one;
    const { secret, uri } = accepted(await workspace.beginTotp({ credential }));
    expect(uri).toMatch(/^otpauth:\/\/totp\//);
    expect(await workspace.confirmTotp({ credential, passcode: '000000' })).toMatchObject({ code: 'WRONG_CODE' });
    const passcode = await codeOf(secret, -1);
    const { recoveryCodes } = accepted(await workspace.confirmTotp({ credential, passcode }));
    return { ...one, secret, recoveryCodes };
  };
  const finish = (step: string, passcode: string) =>
    workspace.finishLogin({ step, passcode, addressHash: from().addressHash });

  it('is asked for from its first code on, and each code is good once', async () => {
    const { mail, secret } = await withApp();
    const [one, two] = [await begun(mail), await begun(mail)];
    const passcode = await codeOf(secret);
    const replies = await Promise.all([finish(one, passcode), finish(two, passcode)]);
    expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
    const login = replies.find((reply) => reply.ok);
    expect(login?.ok && (await workspace.authenticate({ credential: login.value.login.token })).ok).toBe(true);
    expect(refusal(await finish(await begun(mail), passcode))).toBe('UNAUTHENTICATED');
  });

  it('is replaced by each recovery code once, also when it comes twice at once', async () => {
    const { mail, recoveryCodes } = await withApp();
    expect(recoveryCodes).toHaveLength(10);
    const [first = '', second = ''] = recoveryCodes;
    const [one, two] = [await begun(mail), await begun(mail)];
    const replies = await Promise.all([finish(one, first.toUpperCase()), finish(two, first)]);
    expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
    expect((await finish(await begun(mail), second.replaceAll('-', ' '))).ok).toBe(true);
  });

  it('a step is good once, and only for the account as it was', async () => {
    const { mail, credential, recoveryCodes } = await withApp();
    const [one = '', two = ''] = recoveryCodes;
    const step = await begun(mail);
    accepted(await finish(step, one));
    expect(refusal(await finish(step, two))).toBe('UNAUTHENTICATED');
    const old = await begun(mail);
    accepted(await workspace.logoutAll({ credential }));
    expect(refusal(await finish(old, two))).toBe('UNAUTHENTICATED');
    expect(refusal(await finish('made up', two))).toBe('UNAUTHENTICATED');
  });

  it('leaves no failure of the network behind, however many log in from there', async () => {
    const { mail, secret, recoveryCodes } = await withApp();
    const address = 'busy-office-with-apps';
    for (const passcode of [await codeOf(secret), ...recoveryCodes]) {
      const reply = accepted(await logIn(mail, PASSWORD, address));
      accepted(await workspace.finishLogin({ step: reply.done ? '' : reply.step, passcode, addressHash: address }));
    }
    const rows = await database.statement<{ failures: number }>(
      'SELECT failures FROM login_failures WHERE key = $1',
      `address:${address}`,
    );
    expect(rows).toEqual([{ failures: 0 }]);
  });

  it('guesses of codes make the account wait', async () => {
    const { mail } = await withApp();
    const step = await begun(mail);
    const replies = [];
    for (let n = 0; n < 6; n++) replies.push(refusal(await finish(step, `${100_000 + n}`)));
    expect(replies.at(-1)).toBe('RATE_LIMITED');
  });

  it('has its secret encrypted and its recovery codes hashed', async () => {
    const { id, secret, recoveryCodes } = await withApp();
    const rows = await database.statement<{ all: string }>(
      `SELECT to_jsonb(a)::text || coalesce((SELECT string_agg(encode(code_hash, 'escape'), '') FROM recovery_codes
        WHERE account_id = a.id), '') AS all FROM accounts a WHERE id = $1`,
      id,
    );
    expect(rows[0]?.all).not.toContain(secret);
    expect(rows[0]?.all).not.toContain(recoveryCodes[0]);
  });

  it('is removed, and its codes renewed, by a fresh login only', async () => {
    const { mail, credential, loginId, recoveryCodes } = await withApp();
    const renewed = accepted(await workspace.renewRecoveryCodes({ credential })).recoveryCodes;
    expect(refusal(await finish(await begun(mail), recoveryCodes[0] ?? ''))).toBe('UNAUTHENTICATED');
    expect((await finish(await begun(mail), renewed[0] ?? '')).ok).toBe(true);
    await grow(loginId);
    for (const endpoint of ['beginTotp', 'removeTotp', 'renewRecoveryCodes'] as const)
      expect(refusal(await workspace[endpoint]({ credential })), endpoint).toBe('LOGIN_TOO_OLD');
    await database.statement('UPDATE logins SET authenticated_at = now() WHERE id = $1', loginId);
    expect(refusal(await workspace.beginTotp({ credential }))).toBe('ALREADY_EXISTS');
    accepted(await workspace.removeTotp({ credential }));
    expect(accepted(await logIn(mail)).done).toBe(true);
  });
});

describe('a login', () => {
  it('is listed with its device, and ended by itself or from another device', async () => {
    const { mail, credential, loginId } = await person();
    const other = accepted(await logIn(mail));
    if (!other.done) throw new Error('not done');
    const { logins } = accepted(await workspace.listLogins({ credential }));
    expect(logins).toHaveLength(2);
    expect(logins.find(({ current }) => current)).toMatchObject({ id: loginId, device: 'Firefox on Linux' });
    accepted(await workspace.logout({ credential, loginId: other.login.loginId }));
    expect(refusal(await workspace.authenticate({ credential: other.login.token }))).toBe('UNAUTHENTICATED');
    accepted(await workspace.logout({ credential }));
    expect(refusal(await workspace.authenticate({ credential }))).toBe('UNAUTHENTICATED');
  });

  it('is told apart by what can be stored of its device, which may be nothing', async () => {
    const { mail, credential } = await person();
    const devices = ['Fire\u0000fox\ud800', ''];
    for (const device of devices)
      expect((await workspace.login({ mail, password: PASSWORD, ...from(), device })).ok).toBe(true);
    const { logins } = accepted(await workspace.listLogins({ credential }));
    expect(logins.map(({ device }) => device)).toEqual(expect.arrayContaining(['Firefox', '']));
  });

  it('of somebody else is not there', async () => {
    const [one, two] = [await person(), await person()];
    expect(refusal(await workspace.logout({ credential: one.credential, loginId: two.loginId }))).toBe('NOT_FOUND');
    expect((await workspace.authenticate({ credential: two.credential })).ok).toBe(true);
  });

  it('ends with all others, or all others with it', async () => {
    const { mail, credential } = await person();
    for (let n = 0; n < 3; n++) accepted(await logIn(mail));
    expect(accepted(await workspace.logoutAll({ credential, exceptThis: true })).ended).toBe(3);
    expect((await workspace.authenticate({ credential })).ok).toBe(true);
    expect(accepted(await workspace.logoutAll({ credential })).ended).toBe(1);
    expect(refusal(await workspace.authenticate({ credential }))).toBe('UNAUTHENTICATED');
  });

  it('expires later with each use, noted at most once a minute, and never after its end', async () => {
    const { credential, loginId } = await person();
    const read = async () =>
      (
        await database.statement<{ seen: Date; expires: Date; ends: Date }>(
          'SELECT last_seen_at AS seen, expires_at AS expires, ends_at AS ends FROM logins WHERE id = $1',
          loginId,
        )
      )[0];
    const first = await read();
    accepted(await workspace.authenticate({ credential }));
    await uses.settled();
    expect(await read()).toEqual(first);
    await database.statement(
      `UPDATE logins SET last_seen_at = now() - interval '2 min', expires_at = now() + interval '1 min',
        ends_at = now() + interval '1 hour' WHERE id = $1`,
      loginId,
    );
    accepted(await workspace.authenticate({ credential }));
    await uses.settled();
    const used = await read();
    expect(used?.expires).toEqual(used?.ends);
    await database.statement("UPDATE logins SET expires_at = now() - interval '1 ms' WHERE id = $1", loginId);
    expect(refusal(await workspace.authenticate({ credential }))).toBe('UNAUTHENTICATED');
  });

  it('is read by indexes alone', async () => {
    await database.statement('SET enable_seqscan = off');
    const plan = await database.statement<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT l.id FROM logins l JOIN accounts a ON a.id = l.account_id JOIN roles r ON r.id = a.role_id
      WHERE l.token_hash = '\\x00' AND l.expires_at > now() AND a.status = 'active'`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).not.toContain('Seq Scan');
  });

  it('is one of fifty at most: the one that was not used for the longest gives way', async () => {
    const { id, mail, loginId } = await person();
    await database.statement("UPDATE logins SET last_seen_at = now() - interval '1 day' WHERE id = $1", loginId);
    await database.statement(
      `INSERT INTO logins (id, account_id, token_hash, method, device, expires_at, ends_at)
      SELECT 'filler-' || n, $1, sha256(('filler' || n)::bytea), 'password', '', now() + interval '1 h', now() + interval '1 h'
      FROM generate_series(1, 49) n`,
      id,
    );
    accepted(await logIn(mail));
    const rows = await database.statement<{ id: string }>('SELECT id FROM logins WHERE account_id = $1', id);
    expect(rows).toHaveLength(50);
    expect(rows.map((row) => row.id)).not.toContain(loginId);
    await until(() => revoked.some((one) => one.subject === 'login' && one.id === loginId));
    const noted = await database.statement(
      "SELECT actor_id FROM audit_log WHERE action = 'login.ended' AND subject_id = $1",
      loginId,
    );
    expect(noted).toEqual([{ actor_id: id }]);
  });
});

describe('what is revoked', () => {
  it('is published at once, and can be asked for by those who missed it, in order and without gaps', async () => {
    const { version } = accepted(await workspace.revokedSince({}));
    const [one, two, three] = [await person(), await person(), await person()];
    await Promise.all([one, two].map(async ({ credential }) => accepted(await workspace.logout({ credential }))));
    accepted(await workspace.logoutAll({ credential: three.credential }));
    const missed = accepted(await workspace.revokedSince({ version }));
    expect(missed.revocations.map((revocation) => revocation.version)).toEqual([version + 1, version + 2, version + 3]);
    const subjects = missed.revocations.map(({ subject, id }) => `${subject} ${id}`);
    expect(new Set(subjects)).toEqual(new Set([`login ${one.loginId}`, `login ${two.loginId}`, `account ${three.id}`]));
    await until(() => missed.revocations.every((each) => revoked.some((other) => other.version === each.version)));
    expect(accepted(await workspace.revokedSince({ version, limit: 2 }))).toMatchObject({
      version: version + 2,
      hasMore: true,
    });
    expect(accepted(await workspace.revokedSince({ version: version + 3 })).revocations).toEqual([]);
  });

  it('tells those who were away for too long, or stand where nobody ever was, to forget everything', async () => {
    const { credential } = await person();
    accepted(await workspace.logoutAll({ credential }));
    const { version } = accepted(await workspace.revokedSince({}));
    await database.statement("UPDATE revocations SET at = now() - interval '2 days'");
    await deleteExpired(database);
    expect(accepted(await workspace.revokedSince({ version: version - 2 }))).toMatchObject({ tooOld: true, version });
    expect(accepted(await workspace.revokedSince({ version: version + 1 }))).toMatchObject({ tooOld: true, version });
    expect(accepted(await workspace.revokedSince({ version }))).toMatchObject({ tooOld: false });
    const { credential: later } = await person();
    accepted(await workspace.logout({ credential: later }));
    expect(accepted(await workspace.revokedSince({ version })).version).toBe(version + 1);
  });
});
