import { type Chat, type ChatState, memoryStorage } from '@baton/client';
import '@baton/design/tokens.css';
import { hostile } from '@baton/testkit/hostile-words';
import { render } from 'preact';
import { applyAccent } from '../src/accent.ts';
import { ChatApp } from '../src/chat/chat-app.tsx';
import { loadLanguage } from '../src/i18n/i18n.ts';
import { readSettings } from '../src/settings.ts';
import { states } from './states.ts';

/** Shows the chat in one named state, with no server: `stage.html?state=waiting#lang=de`. For looking and for tests. */
const query = new URLSearchParams(location.search);
const settings = readSettings(location.hash, navigator.languages, true);
const language = await loadLanguage(settings.language);
const root = document.documentElement;
root.lang = language.tag;
root.dir = language.direction;
if (settings.theme !== undefined) root.dataset.theme = settings.theme;
applyAccent(settings.colour, root);

declare global {
  interface Window {
    /** Changes the state that is shown. */
    stage: (change: (state: ChatState) => ChatState) => void;
    /** Shows another named state. */
    turn: (name: string) => void;
    /** What the page did with the chat. */
    did: unknown[][];
  }
}

const name = query.get('state') ?? 'empty';
const made = states[name]?.();
/** `?hostile`: all that others wrote turns around what stands beside it, if it can. */
let state = made !== undefined && query.has('hostile') ? hostile(made) : made;
if (state === undefined) throw new Error(`there is no state ${name}`);
const listeners = new Set<(state: ChatState) => void>();
window.did = [];
window.stage = (change) => {
  if (state !== undefined) state = change(state);
  for (const listener of listeners) if (state !== undefined) listener(state);
};

window.turn = (next) => window.stage((before) => states[next]?.() ?? before);

const noted =
  (what: string) =>
  (...values: unknown[]): Promise<never> => {
    window.did.push([what, ...values]);
    return new Promise(() => {});
  };
const chat: Chat = {
  get state() {
    if (state === undefined) throw new Error('the stage has no state');
    return state;
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  start: noted('start'),
  send(content) {
    window.did.push(['send', content]);
    return 'sent';
  },
  retry: (id) => void noted('retry')(id),
  discard: (id) => void noted('discard')(id),
  requestAgent: noted('requestAgent'),
  cancelRequest: noted('cancelRequest'),
  end: noted('end'),
  rate: noted('rate'),
  loadEarlier: noted('loadEarlier'),
  setTyping: () => {},
  markSeen: () => {},
  startOver: () => void noted('startOver')(),
  now: () => Date.now(),
  close: () => {},
};
const frame = query.has('frame') ? { open: true, close: () => void noted('close')(), unread: () => {} } : undefined;
const suggestions = ['Do you ship abroad?', 'Where is my order?'];
const element = document.getElementById('chat');
if (element !== null) {
  const { title = 'Lumen & Leaf' } = settings;
  render(
    <ChatApp
      chat={chat}
      language={language}
      storage={memoryStorage()}
      title={title}
      suggestions={suggestions}
      {...(frame !== undefined && { frame })}
    />,
    element,
  );
}
