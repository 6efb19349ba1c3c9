import { createHash } from 'node:crypto';

/** How many attempts may fail before each further one has to wait, and for how long at most. */
export interface LockoutRule {
  free: number;
  maxSeconds: number;
}

/** A person mistypes a few times; a guesser never stops. Many people may be behind one address. */
export const lockoutRules = {
  mail: { free: 5, maxSeconds: 900 },
  address: { free: 20, maxSeconds: 900 },
} as const satisfies Record<string, LockoutRule>;

/** Failures that are older than this are forgotten. */
export const FORGET_AFTER_SECONDS = 86_400;

/** After so many failures in a row: 1 s, 2 s, 4 s … */
export function lockSeconds(failures: number, { free, maxSeconds }: LockoutRule): number {
  return failures < free ? 0 : Math.min(maxSeconds, 2 ** (failures - free));
}

/** By which failed attempts on a mail address are counted, whether it has an account or not. */
export const mailHash = (mail: string): string => createHash('sha256').update(mail).digest('base64url');
