import { FILLS_WINDOW, launcherStyle } from './launcher-style.ts';

export interface LauncherParts {
  host: HTMLElement;
  root: ShadowRoot;
  panel: HTMLElement;
  button: HTMLButtonElement;
  side: 'left' | 'right';
}

/**
 * Gives the button and the panel their looks. A constructed sheet needs no leave of the host page's content security
 * policy. A browser that has none takes an element, if that policy lets it; if not, what matters is set piece by piece,
 * which every policy allows: the place of things, without what moves and glows.
 */
export function dress(parts: LauncherParts): void {
  if (adoptSheet(parts.root)) return;
  const element = document.createElement('style');
  element.textContent = launcherStyle;
  parts.root.append(element);
  if (element.sheet === null) dressByHand(parts);
}

function adoptSheet(root: ShadowRoot): boolean {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherStyle);
    if (!('adoptedStyleSheets' in root)) return false;
    root.adoptedStyleSheets = [sheet];
    return true;
  } catch {
    return false;
  }
}

const HOST = 'all:initial;display:block;position:fixed;inset:auto 0 0 auto;width:0;height:0;z-index:2147483000';
const BUTTON =
  'position:fixed;z-index:2147483000;bottom:20px;display:grid;place-items:center;width:60px;height:60px;padding:0;border:0;border-radius:50%;background:var(--accent,#1c5b4b);color:var(--on-accent,#fff);cursor:pointer';
const ICON = 'width:28px;height:28px;fill:none;stroke:currentcolor;stroke-width:2';
const BADGE =
  'position:absolute;top:-4px;right:-4px;min-width:20px;border:2px solid #fff;border-radius:99px;background:#f0a92e;color:#2c1b00;font:700 13px/20px system-ui,sans-serif;text-align:center';
const PANEL =
  'position:fixed;z-index:2147483000;bottom:96px;width:min(400px,calc(100vw - 40px));height:min(680px,calc(100vh - 120px));overflow:hidden;border-radius:22px;background:#fff';
const FILLING = { inset: '0', width: 'auto', height: 'var(--visible-height,100vh)', 'border-radius': '0' };

function dressByHand({ host, panel, button, side }: LauncherParts): void {
  put(host, HOST, 'important');
  put(button, `${BUTTON};${side}:20px`);
  put(panel, `${PANEL};${side}:20px`);
  for (const [selector, looks] of [
    ['svg', ICON],
    ['.badge', BADGE],
  ] as const) {
    const part = button.querySelector<HTMLElement | SVGElement>(selector);
    if (part !== null) put(part, looks);
  }
  const fills = matchMedia(FILLS_WINDOW);
  const fit = (): void => {
    for (const [name, value] of Object.entries(FILLING))
      if (fills.matches) panel.style.setProperty(name, value);
      else panel.style.removeProperty(name);
    if (!fills.matches) put(panel, `${PANEL};${side}:20px`);
    button.style.setProperty('display', fills.matches && !panel.hidden ? 'none' : 'grid');
  };
  fills.addEventListener('change', fit);
  new MutationObserver(fit).observe(panel, { attributes: true, attributeFilter: ['hidden'] });
  fit();
}

/** Not as the attribute `style`, which a policy may forbid. */
function put(element: HTMLElement | SVGElement, looks: string, priority = ''): void {
  for (const one of looks.split(';')) {
    const [name = '', value = ''] = one.split(/:(.*)/s);
    element.style.setProperty(name, value, priority);
  }
}
