import { accept, refuse, type WorkspaceApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { type Access, ifFresh } from '../access.ts';
import type { Sealing } from '../platform/sealed.ts';
import type { Stores } from '../stores-postgres.ts';
import { newRecoveryCodes, newTotpSecret, totpStep, totpUri } from './second-factor.ts';

type FactorHandlers = Pick<Handlers<WorkspaceApi>, 'beginTotp' | 'confirmTotp' | 'removeTotp' | 'renewRecoveryCodes'>;

export function factorEndpoints({
  access,
  stores: { accounts, factors },
  sealing,
}: {
  access: Access;
  stores: Pick<Stores, 'accounts' | 'factors'>;
  sealing: Sealing;
}): FactorHandlers {
  return {
    beginTotp: access.forSelf(
      'beginTotp',
      ifFresh(async (_, actor) => {
        const account = await accounts.read(actor.accountId);
        if (account === undefined) return refuse('UNAUTHENTICATED', 'The account is gone.');
        const secret = newTotpSecret();
        if (!(await factors.begin(actor.accountId, await sealing.seal(secret))))
          return refuse('ALREADY_EXISTS', 'An authenticator app is in use already. Remove it first.');
        return accept({ secret, uri: totpUri(secret, account.mail) });
      }),
    ),

    confirmTotp: access.forSelf(
      'confirmTotp',
      ifFresh(async ({ passcode }, actor) => {
        const begun = await factors.readBegun(actor.accountId);
        if (begun === undefined) return refuse('NOT_FOUND', 'Begin anew: no secret waits for its first code.');
        const step = await totpStep(await sealing.open(begun.sealed), passcode, begun.lastStep);
        if (step === undefined) return refuse('WRONG_CODE', 'passcode: the code is wrong', 'passcode');
        const { codes, hashes } = newRecoveryCodes();
        return (await factors.confirm(actor, begun.sealed, step, hashes))
          ? accept({ recoveryCodes: codes })
          : refuse('NOT_FOUND', 'Begin anew: no secret waits for its first code.');
      }),
    ),

    removeTotp: access.forSelf(
      'removeTotp',
      ifFresh(async (_, actor) => {
        await factors.remove(actor);
        return accept({});
      }),
    ),

    renewRecoveryCodes: access.forSelf(
      'renewRecoveryCodes',
      ifFresh(async (_, actor) => {
        const { codes, hashes } = newRecoveryCodes();
        return (await factors.renewCodes(actor, hashes))
          ? accept({ recoveryCodes: codes })
          : refuse('NOT_FOUND', 'The account has no authenticator app.');
      }),
    ),
  };
}
