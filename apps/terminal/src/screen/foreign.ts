import { isolated } from '@baton/client';

/** The same without what a terminal would obey: a stranger's words must not move the cursor or set its title. */
export const harmless = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\t\n]|[\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '');

/** Words of others for a line of ours: harmless, and with a direction of their own. */
export const foreign = (text: string): string =>
  harmless(text)
    .split('\n')
    .map((line) => isolated(line))
    .join('\n');
