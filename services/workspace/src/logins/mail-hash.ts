import { createHash } from 'node:crypto';

/** By which failed attempts on a mail address are counted, whether it has an account or not. */
export const mailHash = (mail: string): string => createHash('sha256').update(mail).digest('base64url');
