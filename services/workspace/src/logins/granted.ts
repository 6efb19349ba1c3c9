import type { LoginGranted } from '@baton/contracts';
import type { Log } from '@baton/runtime';
import type { Publications } from '../publications.ts';
import type { LoginStarted } from './start-login-postgres.ts';

/** The login, which is committed: a failure of what comes after it costs nobody the login. */
export async function granted(
  { publications, log }: { publications: Publications; log: Pick<Log, 'warn'> },
  { login, revocations }: LoginStarted,
  after: () => Promise<void>,
): Promise<LoginGranted> {
  for (const revocation of revocations) publications.revoked(revocation);
  try {
    await after();
  } catch (error) {
    log.warn({ err: error, login: login.loginId }, 'a login was granted, and what comes after it has failed');
  }
  return login;
}
