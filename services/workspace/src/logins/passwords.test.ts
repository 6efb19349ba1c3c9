import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPasswords } from './passwords.ts';

const cheap = { memory: 64, passes: 1, parallelism: 1 };
const passwords = createPasswords(cheap);

describe('a password', () => {
  it('matches its hash and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await passwords.matches(hash, 'correct horse')).toBe(true);
    expect(await passwords.matches(hash, 'correct horsf')).toBe(false);
    expect(await passwords.hash('correct horse')).not.toBe(hash);
  });

  it('matches what another implementation has written', async () => {
    // From the test vectors of the reference implementation: argon2id, v=19, m=256, t=2, p=2, "somesalt".
    const hash = '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc';
    expect(await passwords.matches(hash, 'password')).toBe(true);
    expect(await passwords.matches(hash, 'Password')).toBe(false);
  });

  it('is the same from whatever keyboard', async () => {
    const hash = await passwords.hash('caf\u00e9 au lait');
    expect(await passwords.matches(hash, 'cafe\u0301 au lait')).toBe(true);
  });

  it('without a hash never matches, after the same work', async () => {
    expect(await passwords.matches(undefined, 'anything')).toBe(false);
  });

  it('is hashed with parameters that are written beside it, and anew when they have changed', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    expect(passwords.isOutdated(hash)).toBe(false);
    expect(createPasswords({ ...cheap, passes: 2 }).isOutdated(hash)).toBe(true);
    expect(await createPasswords({ ...cheap, passes: 2 }).matches(hash, 'correct horse')).toBe(true);
  });

  it('many at once are checked a few at a time, and far too many are refused', async () => {
    const results = await Promise.allSettled(Array.from({ length: 150 }, (_, n) => passwords.hash(`password ${n}`)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(48);
    expect((await passwords.hash('afterwards')).length).toBeGreaterThan(40);
  });
});

it('takes at least 19 MiB by default', async () => {
  const hash = await createPasswords().hash('correct horse');
  const [, , , parameters = '', salt = '', tag = ''] = hash.split('$');
  expect(parameters).toBe('m=19456,t=2,p=1');
  const again = argon2Sync('argon2id', {
    message: 'correct horse',
    nonce: Buffer.from(salt, 'base64'),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  expect(Buffer.from(tag, 'base64').equals(again)).toBe(true);
});
