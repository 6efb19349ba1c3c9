import type { Log } from '@baton/runtime';
import type { LinkStore } from './links-postgres.ts';

/** Long enough to read the log, short enough that an old log gives nothing away. */
const VALID_HOURS = 24;

/** The page of a link. The secret stands behind #, which no browser sends and no proxy logs. */
export const linkUrl = (publicUrl: string, token: string): string =>
  new URL(`login#link=${token}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).toString();

/**
 * Logs the link by which the first owner is made, at each start in production until there is an owner. It is the one
 * secret that a log ever has: it works once, for a day, and not at all once an owner exists.
 */
export async function offerOwnerLink(options: {
  links: Pick<LinkStore, 'createOwnerLink'>;
  publicUrl: string;
  log: Log;
}): Promise<void> {
  const made = await options.links.createOwnerLink(VALID_HOURS);
  if (made === undefined) return;
  const url = linkUrl(options.publicUrl, made.token);
  options.log.warn({ expiresAt: made.expiresAt }, `nobody has an account yet: make the owner's at ${url}`);
}
