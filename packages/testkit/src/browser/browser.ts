import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { execa } from 'execa';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type UntilOptions, until as untilWithin } from '../until.ts';
import { refuseStorage } from './no-storage.ts';

export type { Browser, BrowserContext, BrowserContextOptions, Frame, Locator, Page } from 'playwright-core';
export { type PathProxy, startPathProxy } from '../network/path-proxy.ts';
export { axe } from './axe.ts';
export { turnsOthersAround } from './bidi.ts';
export { type PageLoad, watchLoads } from './page-load.ts';
export { serveStage } from './stage.ts';
export { type StaticServer, type StaticServerOptions, startStaticServer } from './static-server.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/homebrew/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** With the fonts of all languages that the pages speak, so that what is looked at is what people see. */
const DEBIAN_PACKAGES = ['chromium', 'fonts-noto-core', 'fonts-noto-cjk'];

/**
 * A headless Chromium: CHROMIUM if that is set, else the machine's own, else Debian's, which is installed when we are
 * root. The caller closes it.
 * @param hosts addresses of names that no resolver knows
 */
export async function launchBrowser(hosts: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  const args = rules.length === 0 ? FLAGS : [...FLAGS, `--host-resolver-rules=${rules.join(', ')}`];
  return chromium.launch({ executablePath: await chromiumPath(), args, chromiumSandbox: false });
}

/** Where the browser is; see `launchBrowser`. */
export async function chromiumPath(): Promise<string> {
  const found = await firstThatRuns();
  if (found !== undefined) return found;
  const byHand = `sudo apt-get install ${DEBIAN_PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0)
    throw new Error(`Chromium is missing. Install it (${byHand}), or name one in CHROMIUM, and start again.`);
  const install = ['-o', 'DPkg::Lock::Timeout=120', 'install', '--yes', '--no-install-recommends', ...DEBIAN_PACKAGES];
  process.stdout.write(`Chromium is not on this machine: installing Debian's package (apt-get ${install.join(' ')})\n`);
  const options = { reject: false, all: true, stdin: 'ignore', env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  let done = await execa('apt-get', install, options);
  if (done.failed) {
    // A machine whose package lists are missing or old.
    await execa('apt-get', ['update'], options);
    done = await execa('apt-get', install, options);
  }
  const installed = await firstThatRuns();
  if (installed === undefined) throw new Error(`Chromium could not be installed: ${done.all ?? ''}\nTry: ${byHand}`);
  return installed;
}

async function firstThatRuns(): Promise<string | undefined> {
  for (const place of [process.env.CHROMIUM, ...PLACES]) {
    if (place === undefined) continue;
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return place;
  }
  return undefined;
}

/** As patient as Playwright is: on a machine that does much else, a page may need seconds for what is at once on ours. */
export const until = <T>(condition: () => T | Promise<T>, options: UntilOptions = {}) =>
  untilWithin(condition, { within: 30_000, ...options });

export interface WatchedPage {
  page: Page;
  /** Errors and warnings of the console, violations of the content security policy among them, and uncaught errors. */
  complaints: string[];
  close: () => Promise<void>;
}

/** A page in a context of its own: its storage is nobody else's. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  return { ...(await watchedPage(context)), close: () => context.close() };
}

/** A page in a browser of its own, whose settings refuse storage to every page. */
export async function openPageWithoutStorage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const executablePath = await chromiumPath();
  const { context, close } = await refuseStorage((profile) =>
    chromium.launchPersistentContext(profile, { executablePath, args: FLAGS, chromiumSandbox: false, ...options }),
  );
  return { ...(await watchedPage(context)), close };
}

async function watchedPage(context: BrowserContext): Promise<Omit<WatchedPage, 'close'>> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}
