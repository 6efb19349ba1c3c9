import { createHash, randomBytes } from 'node:crypto';

/** How a secret of our own is kept: it has 256 random bits, so one round of SHA-256 cannot be searched. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A new secret, which is shown once, and its hash, which is kept. */
export function newSecret(prefix = ''): { secret: string; hash: Buffer } {
  const secret = prefix + randomBytes(32).toString('base64url');
  return { secret, hash: hashOf(secret) };
}
