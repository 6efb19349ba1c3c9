import type { Info } from '@baton/contracts';

/** Longer nobody waits for them: the page has words of its own. */
const WITHIN_MS = 1_500;

/** What the operator calls the chat, and how it greets: asked of the gateway that has served this page. */
export async function installationTexts(): Promise<Info['chat']> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), WITHIN_MS);
  try {
    const response = await fetch('api/info', { signal: abort.signal });
    // Of a gateway of the version before, which says nothing of it.
    const { chat = {} }: Partial<Info> = await response.json();
    return chat;
  } catch {
    return {};
  } finally {
    clearTimeout(timer);
  }
}
