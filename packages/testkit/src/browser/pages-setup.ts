import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { chromiumPath } from './browser.ts';

/**
 * Vitest's global setup: the pages are built as they are in the sources, what has not changed is not built again; and
 * a browser is there.
 */
export default async function setup(): Promise<void> {
  // Why there is none is said by each test that needs one; the tests that need none go on.
  await chromiumPath().catch(() => undefined);
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const built = await execa('pnpm', ['run', 'build'], { cwd: root, env, all: true, reject: false, stdin: 'ignore' });
  if (built.failed) throw new Error(`the pages could not be built:\n${built.all ?? ''}`);
}
