import { exactText, mail as mailSchema } from '@baton/contracts';
import { z } from 'zod';

/** Why a login, or the token of a logout, is refused: for the log and the audit log, never for the caller. */
export type Reason =
  | 'browser' // the secret is of no login that is open: used, expired, another provider's or made up
  | 'callback' // what came back is not what was asked for: another `state`, another `iss`
  | 'declined' // the provider says no
  | 'code' // the provider does not take the code
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'nonce'
  | 'token' // anything else that is wrong with the token
  | 'event' // not the token of a logout
  | 'replayed'
  | 'mail' // none that the provider has verified
  | 'domain'
  | 'no account'
  | 'other identity'
  | 'suspended'
  | 'logged out';

/** What an ID token proves. */
export interface Proof {
  issuer: string;
  subject: string;
  /** `sid`: the session at the provider. */
  providerSession: string | null;
  /** Verified by the provider, in lower case; undefined when there is none. */
  mail: string | undefined;
  name: string | undefined;
  issuedAt: Date;
  /** When the person proved who they are there, where the provider says so. */
  authenticatedAt: Date | undefined;
  /** Whether the provider says that it has seen a second factor (RFC 8176). */
  hasMfa: boolean;
}

const claimsOfProof = z.object({
  iss: exactText(512),
  sub: exactText(255),
  sid: exactText(255).optional(),
  iat: z.number(),
  auth_time: z.number().optional(),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  name: z.unknown().optional(),
  amr: z.unknown().optional(),
});

/** ASCII alone: other letters may become a colleague's address in lower case, as the Kelvin sign becomes a k. */
const verifiedMail = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .pipe(mailSchema);

const dateOf = (seconds: number): Date => new Date(seconds * 1_000);

/** @param claims of a token whose signature, issuer, audience, times and nonce are right */
export function proofOf(claims: unknown): Proof | undefined {
  const parsed = claimsOfProof.safeParse(claims);
  if (!parsed.success) return undefined;
  const { iss, sub, sid, iat, auth_time, email, email_verified, name, amr } = parsed.data;
  return {
    issuer: iss,
    subject: sub,
    providerSession: sid ?? null,
    // true and nothing like it: what is not verified proves nothing.
    mail: email_verified === true ? verifiedMail.safeParse(email).data : undefined,
    name: typeof name === 'string' ? name : undefined,
    issuedAt: dateOf(iat),
    authenticatedAt: auth_time === undefined ? undefined : dateOf(auth_time),
    hasMfa: Array.isArray(amr) && amr.includes('mfa'),
  };
}

/** Whether the provider may log this person in. */
export function refuseDomain({ mail }: Pick<Proof, 'mail'>, domains: readonly string[]): Reason | undefined {
  if (domains.length === 0) return undefined;
  if (mail === undefined) return 'mail';
  return domains.includes(mail.slice(mail.lastIndexOf('@') + 1)) ? undefined : 'domain';
}
