import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** Encrypts what this service must read again, so that a copy of the database does not have it. */
export interface Sealing {
  seal(text: string): Promise<string>;
  /** @throws when none of the secrets opens it */
  open(sealed: string): Promise<string>;
  /**
   * The same, sealed by the present secret; undefined when it is already.
   * @throws when none of the secrets opens it
   */
  renew(sealed: string): Promise<string | undefined>;
}

/**
 * JWE with a key derived from a secret (A256GCM, RFC 7516).
 * @param secrets the present one, then earlier ones, which open only
 */
export function createSealing([secret, ...earlier]: readonly [string, ...string[]]): Sealing {
  const keyOf = (one: string) => new Uint8Array(hkdfSync('sha256', one, '', 'baton workspace sealing', 32));
  const key = keyOf(secret);
  const keys = [key, ...earlier.map(keyOf)];
  const seal = (text: string) =>
    new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key);
  const openWithAny = async (sealed: string) => {
    for (const one of keys) {
      const opened = await compactDecrypt(sealed, one, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      }).catch(() => undefined);
      if (opened !== undefined) return { text: new TextDecoder().decode(opened.plaintext), isPresent: one === key };
    }
    throw new Error('none of the secrets opens what is sealed: WORKSPACE_SECRET has changed');
  };
  return {
    seal,
    open: async (sealed) => (await openWithAny(sealed)).text,
    async renew(sealed) {
      const { text, isPresent } = await openWithAny(sealed);
      return isPresent ? undefined : seal(text);
    },
  };
}
