import type { WidgetSettings } from './attributes.ts';
import { kept } from './kept.ts';
import type { Launcher } from './launcher.ts';
import { FILLS_WINDOW } from './launcher-style.ts';
import { type Hello, isToHost, type ToChat } from './protocol.ts';

/** What a host page can do with the chat, as `window.Baton`. */
export interface WidgetApi {
  open: () => void;
  close: () => void;
  toggle: () => void;
  /** Takes the widget off the page. The chat itself goes on and is there again with the next widget. */
  remove: () => void;
}

/** Joins the button and the chat in its frame. The frame is loaded when it is first wanted, not before. */
export function createWidget(settings: WidgetSettings, launcher: Launcher): WidgetApi {
  let frame: HTMLIFrameElement | undefined;
  let port: MessagePort | undefined;
  let open = false;

  const tell = (message: ToChat): void => port?.postMessage(message);
  const received = (data: unknown): void => {
    if (!isToHost(data)) return;
    switch (data.type) {
      case 'close':
        show(false);
        break;
      case 'unread':
        launcher.unread(open ? 0 : data.count, data.words);
        break;
      case 'begun':
        kept.begin();
        break;
      case 'keep':
        kept.keep(data.key, data.value);
        break;
    }
  };
  const load = (): void => {
    if (frame !== undefined) return;
    const made = document.createElement('iframe');
    made.title = settings.title ?? 'Chat';
    made.allow = 'clipboard-write';
    made.addEventListener('load', () => {
      port?.close();
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = ({ data }: MessageEvent<unknown>) => received(data);
      // To the gateway's origin only: whatever else the frame may have been led to gets nothing.
      const hello: Hello = { type: 'baton:hello', open, kept: kept.all() };
      made.contentWindow?.postMessage(hello, settings.origin, [channel.port2]);
    });
    Object.assign(made.style, { display: 'block', width: '100%', height: '100%', border: '0' });
    made.src = settings.frameUrl();
    launcher.panel.append(made);
    frame = made;
  };
  const turn = (next: boolean, atOnce: boolean): void => {
    open = next;
    if (open) {
      load();
      launcher.unread(0, '');
    }
    launcher.show(open, atOnce);
    tell({ type: 'shown', open });
  };
  const show = (next: boolean): void => {
    if (next === open) return;
    turn(next, false);
    kept.setOpen(open);
    if (open) frame?.focus();
    else launcher.button.focus();
  };

  // A phone's keyboard covers what is fixed to the window; what is left to see, only this tells.
  const fit = (): void => {
    if (visualViewport !== null)
      launcher.panel.style.setProperty('--visible-height', `${Math.round(visualViewport.height)}px`);
  };
  launcher.button.addEventListener('click', () => show(!open));
  // Elsewhere on the host page Escape is the page's own; in the frame, the chat tells us.
  launcher.button.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') show(false);
  });
  visualViewport?.addEventListener('resize', fit);
  fit();
  // Who talks while they look around the site finds the chat as they left it; but not in front of the page, as on a
  // phone, and without taking the keyboard from the page.
  if (kept.isOpen() && !matchMedia(FILLS_WINDOW).matches) turn(true, true);
  // Answers to a chat that was begun are to be noticed.
  else if (kept.hasBegun()) load();

  return {
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!open),
    remove() {
      visualViewport?.removeEventListener('resize', fit);
      port?.close();
      launcher.remove();
      delete window.Baton;
    },
  };
}
