/** A page that takes the button away again and again does not want it. */
const MOST_RETURNS = 20;
const WITHIN_MS = 10_000;

/**
 * Beside the body, which pages move, fade, transform and replace; and in the top layer, where nothing that a page does
 * to its own elements reaches. An older browser has no popovers: there it stands above all that has no top layer.
 *
 * Pages that swap what they show instead of loading another page may replace everything: then it comes back. Gives what
 * lets it go.
 */
export function keepInPlace(host: HTMLElement): () => void {
  const returns: number[] = [];
  const observer = new MutationObserver(() => {
    if (!host.isConnected && mayReturn(returns)) place();
    else if (document.documentElement !== observed) observe();
  });
  let observed: Element | null = null;
  const observe = (): void => {
    observer.disconnect();
    // Not the whole tree: what happens in the body is the page's own, and often much.
    observer.observe(document, { childList: true });
    observed = document.documentElement;
    if (observed !== null) observer.observe(observed, { childList: true });
  };
  const place = (): void => {
    // Between two documents there is none.
    if (document.documentElement !== null) {
      document.documentElement.append(host);
      if (typeof host.showPopover === 'function') {
        host.popover = 'manual';
        host.showPopover();
      }
    }
    observe();
  };
  place();
  return () => observer.disconnect();
}

function mayReturn(returns: number[]): boolean {
  const now = performance.now();
  while ((returns[0] ?? now) < now - WITHIN_MS) returns.shift();
  if (returns.length >= MOST_RETURNS) return false;
  returns.push(now);
  return true;
}
