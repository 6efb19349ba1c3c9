import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Proof } from './check-token.ts';
import { createCustomerProof } from './customer-proof.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const proofOf = (id: string, seconds = 600): Proof => ({ customer: { id }, expiresAt: Date.now() + seconds * 1_000 });
/** A connection whose handshake has a token, of which each check ends when the test says how. */
function proving(auth: unknown = { customerToken: 'of the handshake' }) {
  const checks: ((outcome: Proof | 'wrong' | 'unknown') => void)[] = [];
  let expired = false;
  const proof = createCustomerProof({
    auth,
    check: (token) =>
      token === 'of the handshake' ? new Promise((resolve) => checks.push(resolve)) : Promise.resolve(proofOf(token)),
    onExpired: () => {
      expired = true;
    },
  });
  return { proof, checks, hasExpired: () => expired };
}
const codeOf = (reply: { ok: boolean; code?: string }) => (reply.ok ? 'ok' : reply.code);

it('of two proofs of one customer the later end counts, in whichever order they come', async () => {
  const { proof, hasExpired } = proving({});
  const short = proofOf('ada', 60);
  const long = proofOf('ada', 900);
  proof.keep(long);
  expect(proof.keep(short)).toEqual({ ok: true, value: long });
  await vi.advanceTimersByTimeAsync(61_000);
  expect(hasExpired()).toBe(false);
  expect(await proof.read()).toEqual({ ok: true, value: long });
  await vi.advanceTimersByTimeAsync(900_000);
  expect(hasExpired()).toBe(true);
});

it('[S1] a second customer is never kept, even when both were checked before either was kept', async () => {
  const { proof } = proving({});
  const [ada, ben] = await Promise.all([proof.check('ada'), proof.check('ben')]);
  expect([codeOf(ada), codeOf(ben)]).toEqual(['ok', 'ok']);
  expect(codeOf(proof.keep(proofOf('ada')))).toBe('ok');
  expect(codeOf(proof.keep(proofOf('ben')))).toBe('UNAUTHENTICATED');
  expect(codeOf(await proof.check('ben'))).toBe('UNAUTHENTICATED');
  expect(await proof.read()).toMatchObject({ value: { customer: { id: 'ada' } } });
});

it('[S1] what was proven on the connection stands, whatever a late check of its handshake gives', async () => {
  for (const late of [proofOf('ada'), 'wrong', 'unknown'] as const) {
    const { proof, checks } = proving();
    const early = proof.check('ben');
    await vi.advanceTimersByTimeAsync(0);
    checks.shift()?.('unknown');
    expect(codeOf(await early), 'the handshake could not be checked').toBe('ok');
    const reading = proof.read();
    proof.keep(proofOf('ben'));
    checks.shift()?.(late);
    for (const reply of [await reading, await proof.read()])
      expect(reply).toMatchObject({ ok: true, value: { customer: { id: 'ben' } } });
    expect(checks).toEqual([]);
  }
});

it('a handshake whose token could not be checked is checked again', async () => {
  const { proof, checks } = proving();
  const first = proof.read();
  checks.shift()?.('unknown');
  expect(codeOf(await first)).toBe('UNAVAILABLE');
  const [second, third] = [proof.read(), proof.read()];
  checks.shift()?.(proofOf('ada'));
  expect(await second).toMatchObject({ value: { customer: { id: 'ada' } } });
  expect(await third).toEqual(await second);
  expect(checks).toEqual([]);
});

it('ends no connection that is gone', async () => {
  const { proof, hasExpired } = proving({});
  proof.keep(proofOf('ada', 60));
  proof.stop();
  proof.keep(proofOf('ada', 120));
  await vi.advanceTimersByTimeAsync(200_000);
  expect(hasExpired()).toBe(false);
});
