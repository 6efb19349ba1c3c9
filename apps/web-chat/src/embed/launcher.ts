import { dress } from './apply-style.ts';
import type { WidgetSettings } from './attributes.ts';
import { keepInPlace } from './keep-in-place.ts';

/** The button's names before the chat, with all its words, is there. */
const NAMES: Record<string, readonly [open: string, close: string]> = {
  en: ['Open the chat', 'Close the chat'],
  de: ['Chat öffnen', 'Chat schließen'],
  es: ['Abrir el chat', 'Cerrar el chat'],
  ar: ['افتح الدردشة', 'أغلق الدردشة'],
  zh: ['打开对话', '关闭对话'],
};

const CHAT_PATH =
  'M12 4.5c-4.7 0-8.5 3-8.5 7 0 2.2 1.2 4.2 3.1 5.5L6 20.5l4-1.9c.6.1 1.3.2 2 .2 4.7 0 8.5-3.2 8.5-7.3s-3.8-7-8.5-7z';
const CLOSE_PATH = 'M6 9l6 6 6-6';

export interface Launcher {
  /** Where the frame goes. */
  panel: HTMLElement;
  button: HTMLButtonElement;
  /** @param atOnce it was there on the page before: nothing slides in */
  show: (open: boolean, atOnce?: boolean) => void;
  unread: (count: number, words: string) => void;
  remove: () => void;
}

/** The round button and the panel, in a shadow tree of their own: the host page's styles end at its border. */
export function createLauncher(settings: WidgetSettings): Launcher {
  const host = document.createElement('baton-chat');
  const root = host.attachShadow({ mode: 'open' });
  host.lang = settings.language;

  const [openName, closeName] = NAMES[settings.language.toLowerCase().split('-')[0] ?? ''] ?? NAMES.en ?? ['', ''];
  const side = sideOf(settings.position);
  const panel = element('div', `panel ${side}`);
  panel.hidden = true;
  panel.id = 'panel';
  const button = element('button', `launcher ${side}`);
  button.type = 'button';
  button.setAttribute('aria-controls', 'panel');
  const badge = element('span', 'badge');
  badge.hidden = true;
  badge.setAttribute('aria-hidden', 'true');
  const path = drawing(CHAT_PATH);
  button.append(path.svg, badge);
  root.append(panel, button);
  dress({ host, root, panel, button, side });

  const { colour } = settings;
  if (colour !== undefined && CSS.supports('color', colour)) {
    button.style.setProperty('--accent', colour);
    button.style.setProperty('--on-accent', inkOn(colour));
  }
  const stopKeeping = keepInPlace(host);

  let waiting = '';
  let open = false;
  const name = (): void => {
    const label = open ? closeName : [openName, waiting].filter(Boolean).join(', ');
    button.setAttribute('aria-label', label);
    button.title = open ? closeName : (settings.title ?? openName);
  };
  name();
  button.setAttribute('aria-expanded', 'false');
  return {
    panel,
    button,
    show(next, atOnce = false) {
      open = next;
      panel.classList.toggle('at-once', atOnce);
      panel.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      button.classList.toggle('is-open', open);
      path.draw(open ? CLOSE_PATH : CHAT_PATH);
      name();
    },
    unread(count, words) {
      waiting = count > 0 ? words : '';
      badge.hidden = count === 0;
      badge.textContent = count > 99 ? '99+' : String(count);
      name();
    },
    remove() {
      stopKeeping();
      host.remove();
    },
  };
}

function element<Name extends 'div' | 'button' | 'span'>(name: Name, classes: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}

function drawing(first: string): { svg: SVGElement; draw: (path: string) => void } {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', first);
  svg.append(path);
  return { svg, draw: (next) => path.setAttribute('d', next) };
}

/** 'end' is where lines of the host page end: right, or left in Arabic. */
function sideOf(position: WidgetSettings['position']): 'left' | 'right' {
  if (position === 'left' || position === 'right') return position;
  const rightToLeft = getComputedStyle(document.documentElement).direction === 'rtl';
  return (position === 'end') === rightToLeft ? 'left' : 'right';
}

/** Black or white, whichever is read better on the colour. */
function inkOn(colour: string): string {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) return '#fff';
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
  const linear = (byte: number): number => (byte / 255) ** 2.2;
  // 0.18 is the luminance on which black and white are read equally well.
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.18 ? '#000' : '#fff';
}
