import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

/** How a token is signed. All but `right` are what an attacker would try. */
export type Signing =
  | 'right'
  /** By a key that the provider does not publish, under the name of one that it does. */
  | 'foreign key'
  /** HS256, with the public key as the secret. */
  | 'public key as secret'
  /** `alg: none`. */
  | 'none'
  /** The right token without its signature. */
  | 'cut off';

const ALGORITHM = 'RS256';

/** What signs the tokens of one provider. */
export async function createSigner() {
  const [own, foreign] = await Promise.all([generateKeyPair(ALGORITHM), generateKeyPair(ALGORITHM)]);
  const kid = 'of-the-provider';
  const publicPem = await exportSPKI(own.publicKey);
  const jwks = { keys: [{ ...(await exportJWK(own.publicKey)), kid, alg: ALGORITHM, use: 'sig' }] };

  const signed = (claims: JWTPayload, header: object, key: Parameters<SignJWT['sign']>[0], alg: string) =>
    new SignJWT(claims).setProtectedHeader({ kid, ...header, alg }).sign(key);
  return {
    jwks,
    async sign(claims: JWTPayload, { signing = 'right', header = {} }: { signing?: Signing; header?: object } = {}) {
      switch (signing) {
        case 'right':
          return signed(claims, header, own.privateKey, ALGORITHM);
        case 'foreign key':
          return signed(claims, header, foreign.privateKey, ALGORITHM);
        case 'public key as secret':
          return signed(claims, header, new TextEncoder().encode(publicPem), 'HS256');
        case 'none':
          return new UnsecuredJWT(claims).encode();
        case 'cut off':
          return (await signed(claims, header, own.privateKey, ALGORITHM)).replace(/\.[^.]*$/, '.');
      }
    },
  };
}
