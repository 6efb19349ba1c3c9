import { type Hello, isHello } from './protocol.ts';

export interface Host {
  port: MessagePort;
  hello: Hello;
}

/**
 * The host page's hello, with the channel to its script. Listened for from the moment this file is read, which is
 * before the frame has loaded and the script says it. Never comes when the page was opened without one.
 */
export const host: Promise<Host> = new Promise((resolve) => {
  const listen = ({ source, data, ports: [port] }: MessageEvent<unknown>): void => {
    // Any page may embed the chat, so any may say hello; but only the one that holds this frame.
    if (source !== window.parent || !isHello(data) || port === undefined) return;
    window.removeEventListener('message', listen);
    resolve({ port, hello: data });
  };
  window.addEventListener('message', listen);
});
