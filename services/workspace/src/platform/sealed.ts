import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** Encrypts what this service must read again, so that a copy of the database does not have it. */
export interface Sealing {
  seal(text: string): Promise<string>;
  /** @throws when none of the secrets opens it */
  open(sealed: string): Promise<string>;
}

/**
 * JWE with a key derived from a secret (A256GCM, RFC 7516).
 * @param secrets the present one, then earlier ones, which open only
 */
export function createSealing([secret, ...earlier]: readonly [string, ...string[]]): Sealing {
  const keyOf = (one: string) => new Uint8Array(hkdfSync('sha256', one, '', 'baton workspace sealing', 32));
  const key = keyOf(secret);
  const keys = [key, ...earlier.map(keyOf)];
  return {
    seal: (text) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(key),
    async open(sealed) {
      for (const one of keys) {
        const opened = await compactDecrypt(sealed, one, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        }).catch(() => undefined);
        if (opened !== undefined) return new TextDecoder().decode(opened.plaintext);
      }
      throw new Error('none of the secrets opens what is sealed: WORKSPACE_SECRET has changed');
    },
  };
}
