import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';

/** Chromium's "block all cookies", which also refuses `localStorage` and `sessionStorage` to every page. */
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };

/**
 * A browser whose settings refuse storage to every page: to touch it throws a SecurityError.
 * @param launch opens a browser on a profile folder
 */
export async function refuseStorage(
  launch: (profile: string) => Promise<BrowserContext>,
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'baton-profile-'));
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(BLOCKED));
  const context = await launch(profile);
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
