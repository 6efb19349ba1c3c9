import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import { type Handlers, type Log, newId, throttled } from '@baton/runtime';
import { granted } from '../logins/granted.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';
import type { ProviderClient } from './client-openid.ts';
import { type Reason, refuseDomain } from './proof.ts';

type ProviderHandlers = Pick<
  Handlers<WorkspaceApi>,
  'listProviders' | 'beginProviderLogin' | 'finishProviderLogin' | 'providerLogout'
>;

const tooManyAttempts = () => refuse('RATE_LIMITED', 'Too many attempts failed. Wait a while, then try again.');
/** One refusal, whatever is wrong: it helps nobody to guess. */
const notProven = () => refuse('UNAUTHENTICATED', 'You could not be logged in by this provider. Begin again.');
const wrongLogout = () => refuse('UNAUTHENTICATED', 'The logout token is wrong.');

export function providerEndpoints(parts: {
  stores: Pick<Stores, 'failures' | 'identities' | 'providerSteps' | 'providerLogouts'>;
  providers: readonly ProviderClient[];
  publications: Publications;
  log: Log;
}): ProviderHandlers {
  const { providers, publications, log } = parts;
  const { failures, identities, providerSteps, providerLogouts } = parts.stores;
  const clientOf = (id: string) => providers.find(({ provider }) => provider.id === id);

  /** Why, for operators alone. Each has a source of its own: a flood of them is cut by its number. */
  const logRefusal = (client: ProviderClient | undefined, reason: Reason, message: string) =>
    throttled(log).warn(newId(), { provider: client?.provider.id, reason }, message);

  return {
    listProviders: async () => accept({ providers: providers.map(({ provider: { id, label } }) => ({ id, label })) }),

    async beginProviderLogin({ providerId, again, addressHash }) {
      const client = clientOf(providerId);
      if (client === undefined) return refuse('NOT_FOUND', 'There is no such provider.', 'providerId');
      const { url, secret } = await client.begin(again);
      return (await providerSteps.begin({ secret, providerId, address: addressHash }))
        ? accept({ url, secret })
        : tooManyAttempts();
    },

    async finishProviderLogin({ providerId, query, secret, addressHash, device }) {
      // Counted as failed from its beginning, as with passwords.
      if (!(await failures.beginFrom(addressHash))) return tooManyAttempts();
      const client = clientOf(providerId);
      const refused = async (refusal: { reason: Reason; accountId?: string }) => {
        logRefusal(client, refusal.reason, 'a login by a provider is refused');
        await identities.noteRefusal(client?.provider.id ?? '', refusal);
        return notProven();
      };
      const isOpen = await providerSteps.take(secret, providerId);
      if (client === undefined || !isOpen) return refused({ reason: 'browser' });

      const { provider } = client;
      const proof = await client.finish(query, secret).catch(async (error: unknown) => {
        // No fault of the person, who is not to be kept from passwords by it.
        await failures.takeBack(addressHash);
        throw error;
      });
      if (typeof proof === 'string') return refused({ reason: proof });
      const reason = refuseDomain(proof, provider.domains);
      if (reason !== undefined) return refused({ reason });
      const done = await identities.logIn(proof, { device, trustMfa: provider.trustMfa });
      if (done.kind === 'refused') return refused(done);
      if (done.kind === 'step') {
        await failures.takeBack(addressHash);
        return accept({ done: false as const, step: done.step });
      }
      for (const revocation of done.revocations) publications.revoked(revocation);
      const login = await granted(parts, done.started, () => failures.takeBack(addressHash));
      return accept({ done: true as const, login });
    },

    async providerLogout({ providerId, logoutToken }) {
      const client = clientOf(providerId);
      const logout = client === undefined ? 'token' : await client.checkLogout(logoutToken);
      const ended = typeof logout === 'string' ? logout : await providerLogouts.carryOut(logout, providerId);
      if (ended === undefined || typeof ended === 'string') {
        logRefusal(client, ended ?? 'replayed', 'a logout by a provider is refused');
        return wrongLogout();
      }
      for (const revocation of ended) publications.revoked(revocation);
      return accept({});
    },
  };
}
