import { randomBytes } from 'node:crypto';
import { generateSecret, generateURI, verify } from 'otplib';
import { hashOf } from '../platform/secrets.ts';

/** Clocks of phones are off by a little: a code holds for its half minute, and for the one before and after. */
const TOLERANCE_SECONDS = 30;
const RECOVERY_CODES = 10;
/** 80 bits each: more than anybody can try. */
const RECOVERY_BYTES = 10;
const ISSUER = 'Baton';

export const newTotpSecret = (): string => generateSecret();

export const totpUri = (secret: string, mail: string): string => generateURI({ issuer: ISSUER, label: mail, secret });

/** Six digits: a code of the app. Anything else can only be a recovery code. */
export const isAppCode = (passcode: string): boolean => /^\d{6}$/.test(passcode);

/**
 * The time step of a code, if it is right and later than the last one used.
 * @param passcode anything
 */
export async function totpStep(secret: string, passcode: string, lastStep: number): Promise<number | undefined> {
  if (!isAppCode(passcode)) return undefined;
  const result = await verify({
    secret,
    token: passcode,
    epochTolerance: TOLERANCE_SECONDS,
    afterTimeStep: lastStep,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

/** As people type them: case, spaces and dashes do not count. */
const plain = (code: string) => code.toLowerCase().replace(/[^a-z0-9]/g, '');

export const recoveryHash = (code: string): Buffer => hashOf(plain(code));

/** Codes to write down, and what is kept of them. */
export function newRecoveryCodes(): { codes: string[]; hashes: Buffer[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const letters = randomBytes(RECOVERY_BYTES).toString('hex');
    return (letters.match(/.{5}/g) ?? []).join('-');
  });
  return { codes, hashes: codes.map(recoveryHash) };
}
