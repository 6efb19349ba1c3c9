import { testSpace } from '@baton/testkit';
import { generate } from 'otplib';
import { expect, it } from 'vitest';
import { accepted, from, PASSWORD, refusal, startWorkspace } from '../../test/workspace.ts';
import { createSealing } from '../platform/sealed.ts';
import { renewSeals } from './renew-seals.ts';

const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const space = await testSpace();
const { workspace, database, stores, person } = await startWorkspace(space, { secrets: [third, second] });

/** Somebody whose app's secret was sealed while another WORKSPACE_SECRET was the present one. */
const withApp = async (secret: string) => {
  const one = await person();
  const { credential } = one;
  const begun = accepted(await workspace.beginTotp({ credential }));
  const passcode = await generate({ secret: begun.secret, epoch: Date.now() / 1_000 - 30 });
  const { recoveryCodes } = accepted(await workspace.confirmTotp({ credential, passcode }));
  const sealed = await createSealing([secret]).seal(begun.secret);
  await database.statement('UPDATE accounts SET totp_secret = $2 WHERE id = $1', one.id, sealed);
  return { ...one, secret: begun.secret, recoveryCodes };
};
const finish = async ({ mail }: { mail: string }, passcode: string) => {
  const reply = accepted(await workspace.login({ mail, password: PASSWORD, ...from() }));
  return workspace.finishLogin({ step: reply.done ? '' : reply.step, passcode, addressHash: 'network' });
};
const logged: object[] = [];
const log = { info: (fields: object) => logged.push(fields), error: (fields: object) => logged.push(fields) } as never;

it('a recovery code logs in where no secret opens that of the app', async () => {
  const one = await withApp(first);
  expect((await finish(one, one.recoveryCodes[0] ?? '')).ok).toBe(true);
  expect(refusal(await finish(one, '123456'))).toBe('INTERNAL');
});

it('a code of the app is good through any number of rotations, also of those who did not log in between them', async () => {
  const [old, present, lost] = [await withApp(second), await withApp(third), await withApp(first)];
  const sealedOf = async ({ id }: { id: string }) =>
    (await database.statement<{ sealed: string }>('SELECT totp_secret AS sealed FROM accounts WHERE id = $1', id))[0]
      ?.sealed ?? '';
  const before = await sealedOf(present);
  logged.length = 0;
  await renewSeals({ factors: stores.factors, sealing: createSealing([third, second]), log });
  expect(logged).toEqual([{ renewed: 1 }, { accounts: expect.arrayContaining([lost.id]) }]);
  expect(await createSealing([third]).open(await sealedOf(old))).toBe(old.secret);
  expect(await sealedOf(present)).toBe(before);
  expect((await finish(old, await generate({ secret: old.secret }))).ok).toBe(true);
});
