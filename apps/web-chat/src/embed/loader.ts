import { readAttributes } from './attributes.ts';
import { createLauncher } from './launcher.ts';
import { createWidget, type WidgetApi } from './widget.ts';

/**
 * The one script tag. It runs on somebody else's page, so it leaves nothing there but one element, one name on
 * `window`, and, once a chat has begun, one entry in localStorage, and while it is open one in the tab's
 * sessionStorage.
 */
declare global {
  interface Window {
    Baton?: WidgetApi;
  }
}

/** A module, or a script that another script inserts late, has no `currentScript`. */
function ownScript(): HTMLScriptElement | undefined {
  const { currentScript } = document;
  if (currentScript instanceof HTMLScriptElement) return currentScript;
  return [...document.querySelectorAll<HTMLScriptElement>('script[src*="/widget.js"]')].at(-1);
}

function start(): void {
  const script = ownScript();
  // A tag that stands there twice makes one widget.
  if (script === undefined || window.Baton !== undefined) return;
  const settings = readAttributes(script);
  const place = (): void => {
    // Of two tags in the head, both wait for the body.
    window.Baton ??= createWidget(settings, createLauncher(settings));
  };
  if (document.body === null) document.addEventListener('DOMContentLoaded', place, { once: true });
  else place();
}

start();
