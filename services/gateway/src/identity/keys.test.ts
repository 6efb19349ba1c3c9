import { expect, it } from 'vitest';
import { createKeyCheck } from './keys.ts';

it('entitles by the key that was given, for what it is the key of', () => {
  const check = createKeyCheck({ agent: 'a', admin: 'b' });
  expect(check({ key: 'a' })).toEqual({ agent: true, admin: false });
  expect(check({ key: 'b' })).toEqual({ agent: false, admin: true });
  for (const auth of [{}, { key: '' }, { key: ['a'] }, { key: 1 }, null, undefined, 'a', []])
    expect(check(auth)).toEqual({ agent: false, admin: false });
});

it('entitles to both whoever gives both keys', () => {
  const check = createKeyCheck({ agent: 'a', admin: 'b' });
  expect(check({ key: 'a', adminKey: 'b' })).toEqual({ agent: true, admin: true });
  expect(check({ adminKey: 'b' })).toEqual({ agent: false, admin: true });
  for (const adminKey of ['a', '', ['b'], { length: 1 }, null])
    expect(check({ key: 'a', adminKey })).toEqual({ agent: true, admin: false });
});

it('asks for no key that is not configured', () => {
  expect(createKeyCheck({})(undefined)).toEqual({ agent: true, admin: true });
  expect(createKeyCheck({ agent: 'a' })({})).toEqual({ agent: false, admin: true });
});
