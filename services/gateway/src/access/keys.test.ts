import { expect, it } from 'vitest';
import { createGuessGuard } from './guesses.ts';
import { createKeyCheck } from './keys.ts';

const here = '192.0.2.1';
const keyCheck = (keys: { agent?: string; admin?: string }) => {
  const wrong: string[] = [];
  const check = createKeyCheck({ ...keys, guard: createGuessGuard(() => 0), onWrong: (from) => wrong.push(from) });
  return { check: (auth: unknown, from = here) => check(auth, from), wrong };
};
const open = { locked: false };

it('entitles by the key that was given, for what it is the key of', () => {
  const { check } = keyCheck({ agent: 'a', admin: 'b' });
  expect(check({ key: 'a' })).toEqual({ agent: true, admin: false, ...open });
  expect(check({ key: 'b' })).toEqual({ agent: false, admin: true, ...open });
  for (const auth of [{}, { key: '' }, { key: ['a'] }, { key: 1 }, null, undefined, 'a', []])
    expect(check(auth)).toEqual({ agent: false, admin: false, ...open });
});

it('entitles a client with both keys to both', () => {
  const { check } = keyCheck({ agent: 'a', admin: 'b' });
  expect(check({ key: 'a', adminKey: 'b' })).toEqual({ agent: true, admin: true, ...open });
  expect(check({ adminKey: 'b' })).toEqual({ agent: false, admin: true, ...open });
  for (const adminKey of ['a', '', ['b'], { length: 1 }, null])
    expect(check({ key: 'a', adminKey })).toEqual({ agent: true, admin: false, ...open });
});

it('asks for no key that is not configured', () => {
  expect(keyCheck({}).check(undefined)).toEqual({ agent: true, admin: true, ...open });
  expect(keyCheck({ agent: 'a' }).check({})).toEqual({ agent: false, admin: true, ...open });
  const { check, wrong } = keyCheck({});
  for (let n = 0; n < 100; n++) expect(check({ key: `${n}` })).toEqual({ agent: true, admin: true, ...open });
  expect(wrong).toEqual([]);
});

it('[S3] looks at no key of a network that has guessed, not even the right one; of others it does', () => {
  for (const guess of [
    (n: number) => ({ key: `guess ${n}` }),
    // Who has one key may not guess the other.
    (n: number) => ({ key: 'a', adminKey: `guess ${n}` }),
  ]) {
    const { check, wrong } = keyCheck({ agent: 'a', admin: 'b' });
    for (let n = 0; n < 10; n++) expect(check(guess(n)).locked).toBe(false);
    expect(wrong).toHaveLength(10);
    expect(check({ key: 'a' })).toEqual({ agent: false, admin: false, locked: true });
    expect(check({ key: 'a' }, '192.0.2.2')).toEqual({ agent: true, admin: false, locked: false });
    // Customers show none.
    expect(check({})).toEqual({ agent: false, admin: false, locked: false });
  }
});

it('who shows the right keys, or none, never guesses', () => {
  const { check, wrong } = keyCheck({ agent: 'a', admin: 'b' });
  for (let n = 0; n < 100; n++) {
    check({});
    check({ key: 'a' });
    check({ key: 'b' });
    check({ key: 'a', adminKey: 'b' });
  }
  expect(wrong).toEqual([]);
});
