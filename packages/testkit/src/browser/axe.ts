/// <reference lib="dom" />
// What runs in the page is written here as well.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare global {
  interface Window {
    axe: { run: (context: Document, options: object) => Promise<AxeResults> };
  }
}

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Everything axe-core finds against WCAG 2.2 AA and its best practices, one line each; none is what we want.
 *
 * @param only rules, or tags of rules; all of the above unless told
 */
export async function axe(page: Page | Frame, only: readonly string[] = ALL): Promise<string[]> {
  // By the debugger, as an extension would: the page's own policy lets no foreign script in.
  await page.evaluate(source);
  const results = await page.evaluate(async (runOnly) => {
    // What is half faded in is not judged; what goes on for ever is.
    const fading = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations === 1);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    return window.axe.run(document, { runOnly });
  }, only);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} (${node.failureSummary ?? ''})`),
  );
}
