import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/**
 * After a control that removes itself (a button of a banner, one that is there for one state only), focus goes on at
 * an heir, instead of at the top of the page, where the browser leaves them.
 * @param heirs selectors, the best first; the first that is there and can take the focus gets it
 */
export function useFocusHeirs(root: RefObject<HTMLElement>, heirs: readonly string[]): void {
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    let last: Element | undefined;
    const nobody = (): boolean => document.activeElement === null || document.activeElement === document.body;
    const focused = ({ target }: FocusEvent): void => {
      last = target instanceof Element ? target : undefined;
    };
    const left = (): void => {
      // Taken away, it is no longer there when this has ended; left by the reader, it is.
      queueMicrotask(() => {
        if (last?.isConnected && nobody()) last = undefined;
      });
    };
    const removed = new MutationObserver(() => {
      if (last === undefined || last.isConnected) return;
      last = undefined;
      // A page in the background, or around this frame, keeps the focus that it has.
      if (!nobody() || !document.hasFocus()) return;
      for (const heir of heirs) {
        element.querySelector<HTMLElement>(heir)?.focus({ preventScroll: true });
        if (!nobody()) return;
      }
    });
    element.addEventListener('focusin', focused);
    element.addEventListener('focusout', left);
    removed.observe(element, { childList: true, subtree: true });
    return () => {
      removed.disconnect();
      element.removeEventListener('focusin', focused);
      element.removeEventListener('focusout', left);
    };
  }, [root, heirs]);
}
