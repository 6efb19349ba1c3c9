import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokens } from './tokens.ts';

const tokens = createTokens('a secret');
const DAY = 24 * 60 * 60 * 1_000;

describe('tokens', () => {
  it('[S1] are good for the purpose and id they were issued for, and for nothing else', () => {
    const token = tokens.issue('session', 'one');
    expect(tokens.verify('session', 'one', token)).toBe(true);
    expect(tokens.verify('session', 'two', token)).toBe(false);
    expect(tokens.verify('agent', 'one', token)).toBe(false);
    expect(createTokens('another secret').verify('session', 'one', token)).toBe(false);
  });

  it('[S1] are good by the secret before while it is replaced, and new ones are not signed with it', () => {
    const [before, during, after] = [tokens, createTokens('a new secret', 'a secret'), createTokens('a new secret')];
    expect(during.verify('session', 'one', before.issue('session', 'one'))).toBe(true);
    const fresh = during.issue('session', 'one');
    expect(after.verify('session', 'one', fresh)).toBe(true);
    expect(before.verify('session', 'one', fresh)).toBe(false);
    expect(after.verify('session', 'one', before.issue('session', 'one'))).toBe(false);
  });

  it('are good at every gateway with the same secret', () => {
    expect(createTokens('a secret').verify('agent', 'one', tokens.issue('agent', 'one'))).toBe(true);
  });

  it('[S1] end when they are told to, however often they are renewed', () => {
    const lastUntil = 31 * DAY;
    for (let day = 0; day < 31; day++) {
      const token = tokens.issue('session', 'one', lastUntil, day * DAY);
      expect(tokens.verify('session', 'one', token, Math.min(day + 29, 31) * DAY - 1)).toBe(true);
      expect(tokens.verify('session', 'one', token, lastUntil)).toBe(false);
    }
  });

  it('end after 30 days', () => {
    const token = tokens.issue('session', 'one', undefined, 1_000);
    expect(tokens.verify('session', 'one', token, 30 * DAY)).toBe(true);
    expect(tokens.verify('session', 'one', token, 30 * DAY + 1_000)).toBe(false);
  });

  it('no longer fit when anything of them is changed', () => {
    const token = tokens.issue('session', 'one');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'0aZ-_.'), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        // The last character of a MAC carries bits that stand for nothing.
        fc.pre(changed !== token && at < token.length - 1);
        expect(tokens.verify('session', 'one', changed)).toBe(false);
      }),
    );
  });

  it('may be any text at all without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tokens.verify('session', 'one', text)).toBe(false);
      }),
    );
  });
});
