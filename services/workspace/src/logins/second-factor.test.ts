import { generate } from 'otplib';
import { expect, it } from 'vitest';
import { newRecoveryCodes, newTotpSecret, recoveryHash, totpStep } from './second-factor.ts';

const secret = newTotpSecret();
const now = () => Math.floor(Date.now() / 30_000);
const code = (steps: number) => generate({ secret, epoch: Date.now() / 1_000 + steps * 30 });

it('a code holds for its half minute and the ones beside it, and tells which it was', async () => {
  const at = now();
  for (const steps of [-1, 0, 1])
    expect([at + steps, at + steps + 1]).toContain(await totpStep(secret, await code(steps), 0));
  for (const steps of [-4, 4]) expect(await totpStep(secret, await code(steps), 0)).toBeUndefined();
});

it('a code that was used, or an earlier one, is a replay', async () => {
  const passcode = await code(0);
  const step = (await totpStep(secret, passcode, 0)) ?? 0;
  expect(await totpStep(secret, passcode, step)).toBeUndefined();
  expect(await totpStep(secret, passcode, step - 1)).toBe(step);
});

it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', "'; --"])('%j is no code', async (passcode) => {
  expect(await totpStep(secret, passcode, 0)).toBeUndefined();
});

it('recovery codes are many, differ, and are read however they are typed', () => {
  const { codes, hashes } = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  const [first = ''] = codes;
  expect(first).toMatch(/^[0-9a-f]{5}(-[0-9a-f]{5}){3}$/);
  expect(recoveryHash(` ${first.toUpperCase().replaceAll('-', ' ')}`).equals(hashes[0] ?? Buffer.alloc(0))).toBe(true);
});
