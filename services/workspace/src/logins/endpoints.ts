import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import type { Handlers, Log } from '@baton/runtime';
import { type Access, noSuchCredential } from '../access.ts';
import type { Sealing } from '../platform/sealed.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';
import { granted } from './granted.ts';
import { mailHash } from './lockout.ts';
import type { Passwords } from './passwords.ts';
import { isAppCode, recoveryHash, totpStep } from './second-factor.ts';
import type { LoginAccount, Proof } from './store-postgres.ts';

type LoginHandlers = Pick<
  Handlers<WorkspaceApi>,
  'login' | 'finishLogin' | 'authenticate' | 'listLogins' | 'logout' | 'logoutAll'
>;

const tooManyAttempts = () => refuse('RATE_LIMITED', 'Too many attempts failed. Wait a while, then try again.');
const wrongLogin = () => refuse('UNAUTHENTICATED', 'The mail address or the password is wrong.');
const wrongStep = () => refuse('UNAUTHENTICATED', 'The code is wrong or was used already, or the login took too long.');

export function loginEndpoints(parts: {
  access: Access;
  stores: Pick<Stores, 'accounts' | 'logins' | 'failures'>;
  passwords: Passwords;
  sealing: Sealing;
  publications: Publications;
  log: Pick<Log, 'warn'>;
}): LoginHandlers {
  const { access, passwords, sealing, publications } = parts;
  const { accounts, logins, failures } = parts.stores;

  const proofOf = async (account: LoginAccount, passcode: string): Promise<Proof | undefined> => {
    if (account.totpSecret === null) return undefined;
    // Before the secret is opened: a recovery code must work even when no WORKSPACE_SECRET opens it any more.
    if (!isAppCode(passcode)) return { kind: 'recovery', codeHash: recoveryHash(passcode) };
    const step = await totpStep(await sealing.open(account.totpSecret), passcode, account.totpStep);
    return step === undefined ? undefined : { kind: 'totp', step };
  };

  return {
    async login({ mail, password, addressHash, device }) {
      const by = { mail: mailHash(mail), address: addressHash };
      if (!(await failures.begin(by))) return tooManyAttempts();
      const account = await logins.readAccount(mail);
      const matches = await passwords.matches(account?.passwordHash ?? undefined, password);
      if (account === undefined || !matches || account.status !== 'active') return wrongLogin();
      const proven = { accountId: account.id, epoch: account.epoch, method: 'password' as const, device };
      if (account.hasTotp) {
        await failures.takeBack(addressHash);
        return accept({ done: false as const, step: await logins.beginStep(proven) });
      }
      const started = await logins.start(proven);
      if (started === undefined) return wrongLogin();
      const { passwordHash } = account;
      return accept({
        done: true as const,
        login: await granted(parts, started, async () => {
          await failures.succeeded(by);
          if (passwordHash !== null && passwords.isOutdated(passwordHash))
            await accounts.replacePasswordHash(account.id, passwordHash, await passwords.hash(password));
        }),
      });
    },

    async finishLogin({ step, passcode, addressHash }) {
      const account = await logins.readStep(step);
      if (account === undefined) return wrongStep();
      const by = { mail: mailHash(account.mail), address: addressHash };
      if (!(await failures.begin(by))) return tooManyAttempts();
      const proof = await proofOf(account, passcode);
      const started = proof === undefined ? undefined : await logins.finishStep(step, proof);
      if (started === undefined) return wrongStep();
      return accept({ login: await granted(parts, started, () => failures.succeeded(by)) });
    },

    async authenticate({ credential }) {
      const actor = await access.actorOf(credential);
      return actor === undefined ? noSuchCredential() : accept({ actor });
    },

    listLogins: access.forSelf('listLogins', async (_, { accountId, loginId }) =>
      accept({ logins: await logins.list(accountId, loginId) }),
    ),

    logout: access.forSelf('logout', async ({ loginId }, actor) => {
      const revocation = await logins.end(actor.accountId, loginId ?? actor.loginId);
      if (revocation === undefined) return refuse('NOT_FOUND', 'There is no such login.');
      publications.revoked(revocation);
      return accept({});
    }),

    logoutAll: access.forSelf('logoutAll', async ({ exceptThis }, { accountId, loginId }) => {
      const { ended, revocation } = await logins.endAll(accountId, exceptThis ? loginId : undefined);
      publications.revoked(revocation);
      return accept({ ended });
    }),
  };
}
