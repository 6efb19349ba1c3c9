import { z } from 'zod';
import { exactText, id, timestamp } from '../values/primitives.ts';
import { storableText } from '../values/storable.ts';

/** Begins the token of a login, and an API key: what was leaked can be recognised, and each is looked up in one place. */
export const LOGIN_PREFIX = 'bl_';
export const KEY_PREFIX = 'bk_';

/** A login's token or an API key: a secret of 256 random bits behind its prefix. Anything else is refused alike. */
export const credential = z.string().min(1).max(128).describe('the token of a login, or an API key');

/** A secret of a link that is used once, as of an invitation. */
export const linkToken = z.string().min(1).max(128).describe('from the link');

/** What a gateway makes of the network address: a keyed hash, so that no address is kept. */
export const addressHash = exactText(128).describe('keyed hash of the network address of the person, by the gateway');

/** What people recognise a device by. */
export const device = z
  .string()
  .overwrite(storableText)
  .max(200, 'must have at most 200 characters')
  .describe('browser and system, in words for the list of devices');

/** Proof that a person has passed all steps of a login. */
export const loginGranted = z
  .object({
    token: z.string().describe('shown here and never again; for a cookie that scripts cannot read'),
    loginId: id,
    accountId: id,
    expiresAt: timestamp.describe('later with each use'),
    endsAt: timestamp.describe('whatever is done'),
  })
  .meta({ id: 'LoginGranted' });
export type LoginGranted = z.infer<typeof loginGranted>;
